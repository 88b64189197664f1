import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { createHash } from 'node:crypto';
import { OwnDocuments, documentsFolder } from '#lab/own-documents';
import { Documents, jsonFiles } from '#lab/documents';
import { emulate, type EmulationProgress } from '#lab/emulate';
import type { PauseSwitch } from '#lab/pause';
import { planRuns } from '#lab/plans';
import { checkExperiment } from '#model/check-experiment';
import type { ExperimentInput } from '#model/experiment';
import type { RunDocument } from '#model/library';
import type { RunPlan } from '#model/plan';
import type { RunInfo } from '#model/run';
import { canonicalJson, parseJson } from '#model/validate';
import { StoreClient } from '#workers/store-client';

/** What differs between the command line, the window and tests. */
export interface LabOptions {
  makeEmulatorWorker(): Worker;
  makeStoreWorker(): Worker;
  /** File of the library. */
  readonly libraryPath: string;
  /** The `resources` folder. */
  readonly resourcesPath: string;
  /** better-sqlite3's native module, when not its own. */
  readonly nativeBinding?: string;
  /** Runs emulated at once: threads beside the caller's and the store's. */
  readonly parallel: number;
}

/** Progress of an experiment's runs, told for each of them. */
export interface RunProgress extends EmulationProgress {
  /** Index of the run, and how many there are. */
  readonly run: number;
  readonly runs: number;
  /** Policy and file system. */
  readonly name: string;
}

/** A shipped experiment. */
export interface ExperimentPreset {
  readonly id: string;
  readonly name: string;
  readonly question: string;
  /** Runs it makes. */
  readonly runs: number;
  readonly document: ExperimentInput;
}

/** The use cases, for window and command line alike. */
export class Lab {
  readonly library: StoreClient;
  readonly documents: Documents;
  private readonly options: LabOptions;
  private readonly idle: Worker[] = [];
  private readonly workers: Worker[] = [];

  private constructor(options: LabOptions, library: StoreClient) {
    this.options = options;
    this.library = library;
    this.documents = new Documents(options.resourcesPath, new OwnDocuments(documentsFolder(options.libraryPath)));
  }

  /** Opens the library. @throws InputError when it cannot be opened */
  static async open(options: LabOptions): Promise<Lab> {
    const { nativeBinding } = options;
    const library = await StoreClient.open(
      options.makeStoreWorker(),
      options.libraryPath,
      nativeBinding === undefined ? {} : { nativeBinding },
    );
    return new Lab(options, library);
  }

  /** The experiments that ship. */
  experiments(): ExperimentPreset[] {
    const folder = join(this.options.resourcesPath, 'experiments');
    return jsonFiles(folder).map((id) => {
      const document = parseJson(readFileSync(join(folder, `${id}.json`), 'utf8'), id) as ExperimentInput;
      const experiment = checkExperiment(document, id);
      return {
        id,
        name: experiment.name,
        question: experiment.question,
        runs: planRuns(experiment, this.documents, id).length,
        document,
      };
    });
  }

  /** The runs that an experiment document asks for. @throws InputError when it asks for what is not there */
  plan(document: unknown, file?: string): RunPlan[] {
    return planRuns(checkExperiment(document, file), this.documents, file);
  }

  /**
   * Emulates every run of an experiment and saves each as it ends, in the order of the plan.
   * @throws InputError before anything runs; Cancelled, with the finished runs kept
   */
  async run(
    document: unknown,
    options: {
      readonly file?: string;
      readonly signal?: AbortSignal;
      readonly pause?: PauseSwitch;
      onProgress?(progress: RunProgress): void;
    } = {},
  ): Promise<RunInfo[]> {
    const plans = this.plan(document, options.file);
    const experimentJson = JSON.stringify(document, null, 2);
    const results: RunInfo[] = new Array<RunInfo>(plans.length);
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < plans.length; i = next++) {
        const plan = plans[i];
        const name = `${plan.policy} on ${plan.filesystem.id}`;
        const onProgress = (progress: EmulationProgress): void =>
          options.onProgress?.({ ...progress, run: i, runs: plans.length, name });
        results[i] = await this.runOne(plan, experimentJson, { signal, onProgress, pause: options.pause });
      }
    };
    const lines = Array.from({ length: Math.min(this.options.parallel, plans.length) }, () =>
      work().catch((error: unknown) => {
        next = plans.length;
        stop.abort();
        throw error;
      }),
    );
    const settled = await Promise.allSettled(lines);
    const failures = settled.filter((line) => line.status === 'rejected').map((line) => line.reason as unknown);
    // The first failure stops the others: what they say of being cancelled is not the reason.
    const reason =
      failures.find((failure) => !(failure instanceof Error && failure.name === 'Cancelled')) ?? failures[0];
    if (reason !== undefined)
      throw reason instanceof Error ? reason : new Error('a run failed for no reason that was told');
    return results;
  }

  /** Ends the threads. Runs under way are lost. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
    await this.library.close();
  }

  private async runOne(
    plan: RunPlan,
    experimentJson: string,
    {
      signal,
      onProgress,
      pause,
    }: {
      signal: AbortSignal;
      onProgress: (progress: EmulationProgress) => void;
      pause: PauseSwitch | undefined;
    },
  ): Promise<RunInfo> {
    const token = await this.library.beginRun();
    const worker = this.idle.pop() ?? this.startWorker();
    let kept = false;
    try {
      const { outcome, hash, planHash } = await emulate(
        worker,
        plan,
        { onBatch: (batch) => this.library.append(token, batch), onProgress },
        signal,
        pause,
      );
      this.idle.push(worker);
      kept = true;
      const { id } = await this.library.commit(
        token,
        {
          hash,
          planHash,
          source: 'emulated',
          experiment: plan.experiment.name,
          policy: plan.policy,
          machine: plan.machine.id,
          kernel: plan.kernel.id,
          filesystem: plan.filesystem.id,
          engineVersion: plan.engineVersion,
          seed: plan.seed,
          verdict: outcome.verdict,
          lanes: outcome.lanes,
          phases: outcome.phases,
          metrics: outcome.metrics,
          waitFor: outcome.waitFor,
        },
        planDocuments(plan, experimentJson),
      );
      return await this.library.getRun(id);
    } catch (error) {
      // Also when only the commit failed: on a full disk its room is wanted. A library that was closed has dropped it.
      await this.library.abort(token).catch(() => undefined);
      if (!kept) {
        // A worker that stopped half-way is not trusted with the next plan.
        this.workers.splice(this.workers.indexOf(worker), 1);
        await worker.terminate();
      }
      throw error;
    }
  }

  private startWorker(): Worker {
    const worker = this.options.makeEmulatorWorker();
    this.workers.push(worker);
    return worker;
  }
}

function planDocuments(plan: RunPlan, experimentJson: string): RunDocument[] {
  const own = (kind: string, value: unknown): RunDocument => withHash(kind, canonicalJson(value));
  const { processor, kernelCosts, disk, ...machine } = plan.machine;
  return [
    withHash('experiment', experimentJson),
    own('machine', machine),
    own('processor', processor),
    own('kernel-costs', kernelCosts),
    own('disk', disk),
    own('kernel', plan.kernel),
    own('filesystem', plan.filesystem),
  ];
}

function withHash(kind: string, json: string): RunDocument {
  return { kind, hash: createHash('sha256').update(json).digest('hex'), json };
}
