import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as v from 'valibot';
import { FILESYSTEM_FORMAT, filesystemSchema, type FilesystemDocument } from '#model/filesystem';
import { KERNEL_FORMAT, kernelSchema, type KernelDocument } from '#model/kernel';
import { KERNEL_COSTS_FORMAT, kernelCostsSchema, type KernelCostsDocument } from '#model/kernel-costs';
import { MACHINE_FORMAT, machineSchema, type Machine } from '#model/machine';
import { DISK_FORMAT } from '#model/disk';
import { DRIVE_FORMAT } from '#model/drive';
import { InputError } from '#model/problem';
import { PROCESSOR_FORMAT, processorSchema, type ProcessorDocument } from '#model/processor';
import { SCENARIO_FORMAT, scenarioSchema, type Scenario } from '#model/scenario';
import { storageSchema, type StorageDocument } from '#model/storage';
import { parseJson, validate } from '#model/validate';
import type { OwnDocument, OwnDocuments } from './own-documents.ts';

/** A kind of document: where its presets are, and what each must be. */
interface Kind<T> {
  readonly label: string;
  /** Formats that documents of it say of themselves. */
  readonly formats: readonly string[];
  readonly folder: string;
  readonly schema: v.GenericSchema<unknown, T>;
}

/** The kinds that are picked by id. */
const KINDS = {
  machine: {
    label: 'machine',
    formats: [MACHINE_FORMAT],
    folder: 'machines',
    schema: machineSchema,
  } satisfies Kind<Machine>,
  processor: {
    label: 'processor',
    formats: [PROCESSOR_FORMAT],
    folder: 'machines/processors',
    schema: processorSchema,
  } satisfies Kind<ProcessorDocument>,
  storage: {
    label: 'disk',
    formats: [DISK_FORMAT, DRIVE_FORMAT],
    folder: 'machines/disks',
    schema: storageSchema,
  } satisfies Kind<StorageDocument>,
  kernelCosts: {
    label: 'kernel costs',
    formats: [KERNEL_COSTS_FORMAT],
    folder: 'machines/kernel-costs',
    schema: kernelCostsSchema,
  } satisfies Kind<KernelCostsDocument>,
  kernel: {
    label: 'kernel',
    formats: [KERNEL_FORMAT],
    folder: 'kernels',
    schema: kernelSchema,
  } satisfies Kind<KernelDocument>,
  filesystem: {
    label: 'file system',
    formats: [FILESYSTEM_FORMAT],
    folder: 'filesystems',
    schema: filesystemSchema,
  } satisfies Kind<FilesystemDocument>,
  scenario: {
    label: 'scenario',
    formats: [SCENARIO_FORMAT],
    folder: 'scenarios',
    schema: scenarioSchema,
  } satisfies Kind<Scenario>,
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

/** The documents that ship with the lab, and the user's own beside them; read when asked for, each once. */
export class Documents {
  /** The user's own; null where there are none. */
  readonly own: OwnDocuments | null;
  private readonly root: string;
  private readonly cache = new Map<string, unknown>();
  private readonly ownCache = new WeakMap<OwnDocument, unknown>();

  /** @param root the `resources` folder */
  constructor(root: string, own: OwnDocuments | null = null) {
    this.root = root;
    this.own = own;
  }

  /** Ids of a kind that ship, sorted. */
  shipped(kind: DocumentKind): string[] {
    return jsonFiles(join(this.root, KINDS[kind].folder));
  }

  /** Ids of a kind, sorted: what ships, and the user's own. */
  ids(kind: DocumentKind): string[] {
    const ids = new Set(this.shipped(kind));
    for (const { document } of this.own?.list() ?? []) {
      // A file that names no id is no document that can be picked.
      const id = document?.['id'];
      if (kindOf(document) === kind && typeof id === 'string') ids.add(id);
    }
    return [...ids].sort();
  }

  /** All documents of a kind, by id. */
  all<K extends DocumentKind>(kind: K): DocumentOf[K][] {
    return this.ids(kind).map((id) => this.get(kind, id));
  }

  /**
   * A document by its id; what ships comes before the user's own.
   * @param file and path say where the id was written, for the error
   * @throws InputError when there is none, naming those that are, or when it is not what it should be
   */
  get<K extends DocumentKind>(kind: K, id: string, file?: string, path?: string): DocumentOf[K] {
    const { folder, label, schema } = KINDS[kind];
    const key = `${folder}/${id}`;
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached as DocumentOf[K];
    const check = (value: unknown, name: string): unknown =>
      validate(schema as v.GenericSchema<unknown, unknown>, value, name);
    if (this.shipped(kind).includes(id)) {
      const name = join(this.root, folder, `${id}.json`);
      const document = check(parseJson(readFileSync(name, 'utf8'), name), name);
      this.cache.set(key, document);
      return document as DocumentOf[K];
    }
    const own = this.ownOf(kind, id);
    if (own !== null) {
      let document = this.ownCache.get(own);
      if (document === undefined) {
        document = check(own.document, own.file);
        this.ownCache.set(own, document);
      }
      return document as DocumentOf[K];
    }
    const where = { ...(file === undefined ? {} : { file }), ...(path === undefined ? {} : { path }) };
    throw new InputError({
      ...where,
      message: `no ${label} is called "${id}"`,
      expected: `one of ${this.ids(kind).join(', ')}`,
    });
  }

  /** A document by its id as it was written, a copy to change. @throws InputError when there is none */
  source(kind: DocumentKind, id: string, file?: string, path?: string): Record<string, unknown> {
    this.get(kind, id, file, path);
    const own = this.shipped(kind).includes(id) ? null : this.ownOf(kind, id);
    if (own !== null) return structuredClone(own.document!);
    const name = join(this.root, KINDS[kind].folder, `${id}.json`);
    return parseJson(readFileSync(name, 'utf8'), name) as Record<string, unknown>;
  }

  private ownOf(kind: DocumentKind, id: string): OwnDocument | null {
    const found = this.own?.list().find(({ document }) => kindOf(document) === kind && document!['id'] === id);
    return found ?? null;
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

/** The kind of a document by the format it names; null for none that is picked by id. */
export function kindOf(document: Record<string, unknown> | null): DocumentKind | null {
  const format = document?.['format'];
  const found = (Object.keys(KINDS) as DocumentKind[]).find((kind) =>
    (KINDS[kind].formats as readonly unknown[]).includes(format),
  );
  return found ?? null;
}

/** Names of the JSON files of a folder without their ending, sorted. */
export function jsonFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
