import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { EXPERIMENT_FORMAT, experimentSchema } from '#model/experiment';
import { FILESYSTEM_FORMAT, filesystemSchema } from '#model/filesystem';
import { KERNEL_FORMAT, kernelSchema } from '#model/kernel';
import { KERNEL_COSTS_FORMAT, kernelCostsSchema } from '#model/kernel-costs';
import { MACHINE_FORMAT, machineSchema } from '#model/machine';
import { InputError } from '#model/problem';
import { TEMPLATE_FORMAT, templateSchema } from '#model/report';
import { PROCESSOR_FORMAT, processorSchema } from '#model/processor';
import { SCENARIO_FORMAT, scenarioSchema } from '#model/scenario';
import { DRIVE_FORMAT, driveSchema } from '#model/drive';
import { DISK_FORMAT, diskSchema } from '#model/disk';

const SCHEMAS: Readonly<Record<string, v.GenericSchema<unknown, unknown>>> = {
  [EXPERIMENT_FORMAT]: experimentSchema,
  [MACHINE_FORMAT]: machineSchema,
  [PROCESSOR_FORMAT]: processorSchema,
  [KERNEL_COSTS_FORMAT]: kernelCostsSchema,
  [DRIVE_FORMAT]: driveSchema,
  [DISK_FORMAT]: diskSchema,
  [KERNEL_FORMAT]: kernelSchema,
  [FILESYSTEM_FORMAT]: filesystemSchema,
  [SCENARIO_FORMAT]: scenarioSchema,
  [TEMPLATE_FORMAT]: templateSchema,
};

/** Every document format, such as `faultline/experiment@1`. */
export const SCHEMA_FORMATS: readonly string[] = Object.keys(SCHEMAS);

/**
 * The JSON Schema of what a person writes in a document of a format: the part before sizes and times are
 * read. Checks that JSON Schema cannot express are left out of it; the lab makes them all the same.
 * @param format full name, or the word between the slash and the @
 * @throws InputError for a format that there is not
 */
export function documentSchema(format: string): Record<string, unknown> {
  const full = SCHEMA_FORMATS.find(
    (name) => name === format || name.slice('faultline/'.length).split('@')[0] === format,
  );
  const schema = full === undefined ? undefined : SCHEMAS[full];
  if (schema === undefined)
    throw new InputError({
      message: `there is no document format "${format}"`,
      expected: `one of ${SCHEMA_FORMATS.join(', ')}`,
    });
  return { ...toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' }), title: full };
}
