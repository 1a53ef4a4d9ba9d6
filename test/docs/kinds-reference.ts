import { crds } from '../../src/config/crds.ts';
import { kindNames } from '../../src/config/wire/kinds.ts';

/** The part of a schema that a reader is told of. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly { readonly required?: readonly string[] }[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly message: string }[];
}

const HEADER = `<!-- Generated from src/config/wire by \`node test/docs/generate.ts\`; do not edit. -->

# Kinds

Every field of \`tidegate.dev/v1alpha1\`. All kinds live in one namespace of the hub. Fields that are not listed are refused, by name. \`*\` marks a field that must be given,
\`[]\` a list, \`<key>\` a name of your own. Durations are like \`90s\`, \`30m\`, \`1h30m\`.
`;

/** The page that lists every field of every kind. */
export function kindsReference(): string {
  const definitions = crds();
  const sections = kindNames.map((kind) => {
    const crd = definitions.find(({ spec }) => spec.names.kind === kind)!;
    const root = crd.spec.versions[0]!.schema.openAPIV3Schema as unknown as Schema;
    return section(kind, crd.spec.names.plural, root);
  });
  return [HEADER, ...sections].join('\n');
}

function section(kind: string, plural: string, root: Schema): string {
  const spec = root.properties?.['spec'] ?? {};
  const rules = [...choice(spec), ...(spec['x-kubernetes-validations'] ?? []).map(({ message }) => sentence(message))];
  const rows = fieldsOf(spec, '').map((cells) => `| ${cells.join(' | ')} |`);
  return [
    `## ${kind}`,
    '',
    `${root.description} \`kubectl get ${plural}.tidegate.dev\`.${rules.length === 0 ? '' : ` ${rules.join(' ')}`}`,
    '',
    '| field of `spec` | is | default | means |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

type Row = readonly [field: string, is: string, byDefault: string, means: string];

function fieldsOf(schema: Schema, prefix: string): readonly Row[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const must = required.has(name) && field.default === undefined ? '*' : '';
    return [[`\`${path}\`${must}`, typeOf(field), defaultOf(field), meaningOf(field)] as const, ...below(field, path)];
  });
}

function below(field: Schema, path: string): readonly Row[] {
  if (field.items !== undefined) return fieldsOf(field.items, `${path}[].`);
  const { additionalProperties } = field;
  if (typeof additionalProperties === 'object') return fieldsOf(additionalProperties, `${path}.<key>.`);
  return fieldsOf(field, `${path}.`);
}

function typeOf(field: Schema): string {
  if (field['x-kubernetes-int-or-string'] === true) return 'number or text';
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  if (typeof field.additionalProperties === 'object') return `map of ${typeOf(field.additionalProperties)}`;
  return WORDS[field.type ?? ''] ?? 'anything';
}

const WORDS: Readonly<Record<string, string>> = {
  object: 'map',
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'true or false',
};

function defaultOf({ default: value }: Schema): string {
  if (typeof value === 'string') return `\`${value}\``;
  if (typeof value === 'number' || typeof value === 'boolean') return `\`${String(value)}\``;
  return Array.isArray(value) && value.length > 0 ? `\`${JSON.stringify(value)}\`` : '';
}

function meaningOf(field: Schema): string {
  const described = (field.description ?? '').replaceAll('|', '\\|');
  const said = defaultOf(field) === '' ? described : described.replace(/ *Default: [^.]*\.$/, '');
  return [said, ...choice(field), ...choice(field.items ?? {})].filter((part) => part !== '').join(' ');
}

function choice({ oneOf }: Schema): readonly string[] {
  if (oneOf === undefined) return [];
  const ways = oneOf.map(({ required }) => (required ?? []).map((key) => `\`${key}\``).join(' and '));
  return [`Exactly one of ${ways.join(', ')}.`];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
