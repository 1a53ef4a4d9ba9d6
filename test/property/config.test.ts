import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadInventory } from '../../src/config/load-inventory.ts';
import { parseDocument } from '../../src/config/parse-document.ts';
import { kindNames } from '../../src/config/wire/kinds.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { exampleFiles } from '../unit/config/example.ts';

/** What comes back: an inventory or InvalidInput, in words; anything else is thrown on. */
function outcomeOf(texts: readonly string[]): string {
  try {
    return JSON.stringify(loadInventory(texts.map((text, index) => ({ path: `${index}.yaml`, text }))));
  } catch (error) {
    if (error instanceof InvalidInput && error.issues.length > 0) return error.message;
    throw error;
  }
}

const documents = exampleFiles().flatMap(({ text }) => text.split(/^---$/m));
const wanted = outcomeOf([documents.join('\n---\n')]);

describe('an inventory', () => {
  test('does not depend on the order of its documents or on how they are spread over files', () => {
    const spread = fc.tuple(
      fc.shuffledSubarray(documents, { minLength: documents.length }),
      fc.array(fc.nat(6), { minLength: documents.length, maxLength: documents.length }),
    );
    fc.assert(
      fc.property(spread, ([shuffled, piles]) => {
        const files = Array.from({ length: 7 }, (_, pile) =>
          shuffled.filter((_, index) => piles[index] === pile).join('\n---\n'),
        );
        expect(outcomeOf(files)).toBe(wanted);
      }),
      { numRuns: 20 },
    );
  });

  test('is refused with issues, never with a crash, for any text', () => {
    const yamlish = fc.array(
      fc.constantFrom(
        'a',
        ': ',
        '\n',
        '  ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '&x ',
        '&x\n',
        '*x',
        '<<: ',
        '"',
        "'",
        '|',
        '---\n',
        '? ',
        '!!int ',
        '.inf',
        '#',
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          yamlish.map((parts) => parts.join('')),
        ),
        (text) => {
          expect(outcomeOf([text])).not.toBe('');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is refused with issues, never with a crash, for any value anywhere in a good document', () => {
    const spots = documents
      .map((text) => text.trim())
      .filter((text) => text.includes('kind: ') && !text.includes('kind: Pool'));
    const damage = fc.record({ text: fc.constantFrom(...spots), at: fc.nat(), by: fc.jsonValue() });
    fc.assert(
      fc.property(damage, ({ text, at, by }) => {
        const values = [...text.matchAll(/: ([^\s{[][^\n,}]*)/g)];
        const value = values[at % values.length]!;
        const start = value.index + 2;
        expect(
          outcomeOf([`${text.slice(0, start)}${JSON.stringify(by)}${text.slice(start + value[1]!.length)}`]),
        ).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});

describe('an object of the Kubernetes API', () => {
  test('is parsed or refused, never thrown at', () => {
    const object = fc.record({
      apiVersion: fc.constant('tidegate.dev/v1alpha1'),
      kind: fc.constantFrom(...kindNames),
      metadata: fc.oneof(fc.constant({ name: 'a' }), fc.object()),
      spec: fc.object({
        key: fc.constantFrom('source', 'generate', 'waves', 'slos', 'template', 'spec', '__proto__', 'scope', 'images'),
      }),
    });
    fc.assert(
      fc.property(object, (given) => {
        const reading = parseDocument(given, 'x');
        if (reading.outcome === 'refused') expect(reading.issues.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  test('that was refused from text has the same issues when it comes as an object', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (spec) => {
        const object = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Pool', metadata: { name: 'a' }, spec };
        const reading = parseDocument(object, '0.yaml');
        const fromObject =
          reading.outcome === 'refused' ? reading.issues.map(({ path, message }) => `${path}: ${message}`) : [];
        const fromText = outcomeOf([stringify(object, { version: '1.1' })]);
        for (const issue of fromObject) expect(fromText).toContain(issue);
      }),
      { numRuns: 100 },
    );
  });
});
