import { experimentSchema, type Experiment, type MappingSpec, type Step } from '#model/experiment';
import { InputError } from '#model/problem';
import { formatCount, formatSize } from '#model/units';
import { parseJson, validate } from '#model/validate';

/** Bytes of the base page: what the emulator maps. */
const PAGE = 4096;
/** The largest file: 16 TiB, 2^32 pages. */
const LARGEST_FILE = 16 * 2 ** 40;
/** Lines of 64 B are numbered in 32 bits by the memory path, and page tables have lines too. */
const LARGEST_MEMORY = 255 * 2 ** 30;
/** Accesses of one step that the emulator counts. */
const MOST_ACCESSES = 2 ** 32 - 1;

/** Length in bytes of a mapping whose document leaves it out: to the end of the file. */
export function mappingLength(mapping: MappingSpec, experiment: Experiment): number {
  const file = experiment.files.find((candidate) => candidate.name === mapping.file);
  return mapping.length ?? (file === undefined ? 0 : file.size - mapping.offset);
}

/**
 * Reads an experiment document.
 * @param file the name to show in errors
 * @throws InputError with file, field path and what was expected
 */
export function parseExperiment(text: string, file?: string): Experiment {
  return checkExperiment(parseJson(text, file), file);
}

/** As {@link parseExperiment}, of JSON that is parsed already. */
export function checkExperiment(json: unknown, file?: string): Experiment {
  const experiment: Experiment = validate(experimentSchema, json, file);
  new Checker(experiment, file).check();
  return experiment;
}

/** What a schema cannot say: that names exist, and that ranges lie inside what they belong to. */
class Checker {
  private readonly experiment: Experiment;
  private readonly file: string | undefined;

  constructor(experiment: Experiment, file: string | undefined) {
    this.experiment = experiment;
    this.file = file;
  }

  check(): void {
    const { files, mappings, threads } = this.experiment;
    this.unique(
      'files',
      files.map((item) => item.name),
    );
    this.unique(
      'mappings',
      mappings.map((item) => item.name),
    );
    this.unique(
      'threads',
      threads.map((item) => item.name),
    );
    if (this.experiment.memory < 4 * PAGE) this.fail('memory', formatSize(this.experiment.memory), 'at least 16 KiB');
    if (this.experiment.memory > LARGEST_MEMORY)
      this.fail('memory', formatSize(this.experiment.memory), 'at most 255 GiB');
    files.forEach((file, i) => {
      const path = `files[${i}]`;
      if (file.size > LARGEST_FILE) this.fail(`${path}.size`, formatSize(file.size), 'at most 16 TiB');
      let end = 0;
      file.extents.forEach((extent, k) => {
        const here = `${path}.extents[${k}]`;
        if (extent.at < end)
          this.fail(
            `${here}.at`,
            `${formatSize(extent.at)} overlaps the extent before it`,
            `at least ${formatSize(end)}`,
          );
        end = extent.at + extent.length;
        if (end > file.size)
          this.fail(
            `${here}.length`,
            `ends at ${formatSize(end)}, beyond the file`,
            `an end of at most ${formatSize(file.size)}`,
          );
      });
    });
    mappings.forEach((mapping, i) => this.checkMapping(mapping, `mappings[${i}]`));
    threads.forEach((thread, i) =>
      thread.steps.forEach((step, k) => this.checkStep(step, `threads[${i}].steps[${k}]`)),
    );
  }

  private checkMapping(mapping: MappingSpec, path: string): void {
    const file = this.fileNamed(mapping.file, path);
    if (mapping.offset % PAGE !== 0) this.fail(`${path}.offset`, formatSize(mapping.offset), 'a multiple of 4 KiB');
    const end = mapping.offset + (mapping.length ?? 0);
    const field = mapping.length === undefined ? 'offset' : 'length';
    // The kernel maps beyond the end too, but a store there can only be SIGBUS: such a document is a slip.
    if (end > roundUp(file.size, PAGE) || (mapping.length === undefined && mapping.offset >= file.size)) {
      this.fail(
        `${path}.${field}`,
        `the mapping ends at ${formatSize(end)}, beyond file "${file.name}"`,
        `an end of at most ${formatSize(file.size)}`,
      );
    }
    if (mapping.length === 0) this.fail(`${path}.length`, 'empty mapping', 'at least one page');
  }

  private checkStep(step: Step, path: string): void {
    switch (step.do) {
      case 'loop':
      case 'fork':
        step.steps.forEach((inner, k) => this.checkStep(inner, `${path}.steps[${k}]`));
        return;
      case 'load':
      case 'store':
      case 'mixed': {
        this.checkRange(
          step.from,
          step.length,
          this.mappingLengthOf(step.mapping, path),
          path,
          `mapping "${step.mapping}"`,
        );
        if (step.stride < 1) this.fail(`${path}.stride`, 'no distance', 'at least 1 B');
        if ((step.count ?? 0) > MOST_ACCESSES)
          this.fail(
            `${path}.count`,
            formatCount(step.count ?? 0),
            `at most ${formatCount(MOST_ACCESSES)}; a loop repeats`,
          );
        if (step.width < 1 || step.width > 64) this.fail(`${path}.width`, formatSize(step.width), '1 B to 64 B');
        if (step.at + step.width > Math.max(step.stride, step.width))
          this.fail(
            `${path}.at`,
            `${formatSize(step.at)} is outside the slot`,
            `at most ${formatSize(step.stride - step.width)}`,
          );
        return;
      }
      case 'msync':
      case 'madvise':
      case 'mprotect':
        this.checkRange(
          step.from,
          step.length,
          this.mappingLengthOf(step.mapping, path),
          path,
          `mapping "${step.mapping}"`,
        );
        return;
      case 'mmap':
      case 'munmap':
        this.mappingLengthOf(step.mapping, path);
        return;
      case 'read':
      case 'write':
        this.fileNamed(step.file, path);
        if (step.chunk < 1) this.fail(`${path}.chunk`, 'empty', 'at least 1 B');
        return;
      case 'fsync':
      case 'fdatasync':
      case 'fadvise':
      case 'punch':
        this.fileNamed(step.file, path);
        return;
      case 'truncate':
        this.fileNamed(step.file, path);
        if (step.size > LARGEST_FILE) this.fail(`${path}.size`, formatSize(step.size), 'at most 16 TiB');
        return;
      case 'sleep':
      case 'barrier':
        return;
    }
  }

  private checkRange(from: number, length: number | undefined, whole: number, path: string, what: string): void {
    if (from >= whole)
      this.fail(`${path}.from`, `${formatSize(from)} is beyond ${what}`, `less than ${formatSize(whole)}`);
    if (length !== undefined && from + length > roundUp(whole, PAGE)) {
      this.fail(
        `${path}.length`,
        `ends at ${formatSize(from + length)}, beyond ${what}`,
        `an end of at most ${formatSize(whole)}`,
      );
    }
  }

  private fileNamed(name: string, path: string): Experiment['files'][number] {
    const file = this.experiment.files.find((candidate) => candidate.name === name);
    return file ?? this.fail(`${path}.file`, `no file is called "${name}"`, oneOf(this.experiment.files));
  }

  private mappingLengthOf(name: string, path: string): number {
    const mapping = this.experiment.mappings.find((candidate) => candidate.name === name);
    if (mapping === undefined)
      return this.fail(`${path}.mapping`, `no mapping is called "${name}"`, oneOf(this.experiment.mappings));
    return mappingLength(mapping, this.experiment);
  }

  private unique(path: string, names: readonly string[]): void {
    names.forEach((name, i) => {
      if (names.indexOf(name) !== i) this.fail(`${path}[${i}].name`, `"${name}" is there twice`, 'a name of its own');
    });
  }

  private fail(path: string, message: string, expected: string): never {
    throw new InputError({ ...(this.file === undefined ? {} : { file: this.file }), path, message, expected });
  }
}

function oneOf(items: readonly { name: string }[]): string {
  return items.length === 0 ? 'none is declared' : items.map((item) => `"${item.name}"`).join(', ');
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
