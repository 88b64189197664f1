import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as v from 'valibot';
import { filesystemSchema, type FilesystemDocument } from '#model/filesystem';
import { kernelSchema, type KernelDocument } from '#model/kernel';
import { kernelCostsSchema, type KernelCostsDocument } from '#model/kernel-costs';
import { machineSchema, type Machine } from '#model/machine';
import { InputError } from '#model/problem';
import { processorSchema, type ProcessorDocument } from '#model/processor';
import { scenarioSchema, type Scenario } from '#model/scenario';
import { storageSchema, type StorageDocument } from '#model/storage';
import { parseJson, validate } from '#model/validate';

/** A kind of document: where its presets are, and what each must be. */
interface Kind<T> {
  readonly label: string;
  readonly folder: string;
  readonly schema: v.GenericSchema<unknown, T>;
}

/** The kinds that are picked by id. */
const KINDS = {
  machine: { label: 'machine', folder: 'machines', schema: machineSchema } satisfies Kind<Machine>,
  processor: {
    label: 'processor',
    folder: 'machines/processors',
    schema: processorSchema,
  } satisfies Kind<ProcessorDocument>,
  storage: { label: 'disk', folder: 'machines/disks', schema: storageSchema } satisfies Kind<StorageDocument>,
  kernelCosts: {
    label: 'kernel costs',
    folder: 'machines/kernel-costs',
    schema: kernelCostsSchema,
  } satisfies Kind<KernelCostsDocument>,
  kernel: { label: 'kernel', folder: 'kernels', schema: kernelSchema } satisfies Kind<KernelDocument>,
  filesystem: {
    label: 'file system',
    folder: 'filesystems',
    schema: filesystemSchema,
  } satisfies Kind<FilesystemDocument>,
  scenario: { label: 'scenario', folder: 'scenarios', schema: scenarioSchema } satisfies Kind<Scenario>,
};
export type DocumentKind = keyof typeof KINDS;
export interface DocumentOf {
  machine: Machine;
  processor: ProcessorDocument;
  storage: StorageDocument;
  kernelCosts: KernelCostsDocument;
  kernel: KernelDocument;
  filesystem: FilesystemDocument;
  scenario: Scenario;
}

/** The documents that ship with the lab, read when asked for, each once. */
export class Documents {
  private readonly root: string;
  private readonly cache = new Map<string, unknown>();

  /** @param root the `resources` folder */
  constructor(root: string) {
    this.root = root;
  }

  /** Ids of a kind, sorted. */
  ids(kind: DocumentKind): string[] {
    return jsonFiles(join(this.root, KINDS[kind].folder));
  }

  /** All documents of a kind, by id. */
  all<K extends DocumentKind>(kind: K): DocumentOf[K][] {
    return this.ids(kind).map((id) => this.get(kind, id));
  }

  /**
   * A document by its id.
   * @param file and path say where the id was written, for the error
   * @throws InputError when there is none, naming those that are
   */
  get<K extends DocumentKind>(kind: K, id: string, file?: string, path?: string): DocumentOf[K] {
    const { folder, label, schema } = KINDS[kind];
    const key = `${folder}/${id}`;
    let document = this.cache.get(key);
    if (document === undefined) {
      const ids = this.ids(kind);
      if (!ids.includes(id)) {
        const where = { ...(file === undefined ? {} : { file }), ...(path === undefined ? {} : { path }) };
        throw new InputError({
          ...where,
          message: `no ${label} is called "${id}"`,
          expected: `one of ${ids.join(', ')}`,
        });
      }
      const name = join(this.root, folder, `${id}.json`);
      document = validate(
        schema as v.GenericSchema<unknown, unknown>,
        parseJson(readFileSync(name, 'utf8'), name),
        name,
      );
      this.cache.set(key, document);
    }
    return document as DocumentOf[K];
  }

  /** A document by its id as it was written, a copy to change. @throws InputError when there is none */
  source(kind: DocumentKind, id: string, file?: string, path?: string): Record<string, unknown> {
    this.get(kind, id, file, path);
    const name = join(this.root, KINDS[kind].folder, `${id}.json`);
    return parseJson(readFileSync(name, 'utf8'), name) as Record<string, unknown>;
  }

  /** A document by id, or the document itself when it was written in place. */
  resolve<K extends DocumentKind>(kind: K, reference: string | object, file?: string, path?: string): DocumentOf[K] {
    if (typeof reference === 'string') return this.get(kind, reference, file, path);
    try {
      return validate(KINDS[kind].schema as unknown as v.GenericSchema<unknown, DocumentOf[K]>, reference, file);
    } catch (error) {
      if (!(error instanceof InputError) || path === undefined) throw error;
      const inner = error.problem.path;
      throw new InputError({ ...error.problem, path: inner === undefined ? path : `${path}.${inner}` });
    }
  }
}

/** Names of the JSON files of a folder without their ending, sorted. */
export function jsonFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
