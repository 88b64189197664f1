import { describe, expect, it } from 'vitest';
import { documentSchema, SCHEMA_FORMATS } from '#lab/schemas';

interface JsonSchema {
  readonly description?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

describe('the JSON Schema of a document', () => {
  const schema = documentSchema('experiment') as JsonSchema;
  const steps = Object.values(schema.$defs ?? {}).find(({ oneOf }) => oneOf !== undefined)?.oneOf ?? [];
  const step = (kind: string): JsonSchema | undefined =>
    steps.find(({ properties }) => properties?.['do']?.const === kind);

  it('is there for every format, by its name and by its word', () => {
    for (const format of SCHEMA_FORMATS) {
      expect(documentSchema(format)).toHaveProperty('title', format);
      expect(documentSchema(format.split(/[/@]/)[1] ?? '')).toHaveProperty('title', format);
    }
  });

  it('knows each kind of step with its own fields', () => {
    const kinds =
      'load store mixed read write mmap munmap msync fsync fdatasync madvise fadvise mprotect truncate punch sleep barrier loop fork';
    expect(steps.map(({ properties }) => properties?.['do']?.const)).toEqual(kinds.split(' '));
    expect(step('store')?.properties).toHaveProperty('nonTemporal');
    expect(step('store')?.required).toEqual(['do', 'mapping']);
    expect(step('loop')?.properties?.['steps']?.items).toEqual(
      schema.properties?.['threads']?.items?.properties?.['steps']?.items,
    );
  });

  it('says what fields mean', () => {
    expect(schema.properties?.['freeSpace']?.description).toMatch(/^Free space/);
    expect(step('punch')?.properties?.['do']?.description).toMatch(/hole/);
    expect(schema.properties?.['policies']?.items?.enum).toContain('P5');
  });

  it('refuses a format that there is not', () => {
    expect(() => documentSchema('nothing')).toThrow(/no document format "nothing"/);
  });
});
