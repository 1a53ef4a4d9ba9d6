import { stringify } from 'yaml';

/** What a template may speak of. */
export interface ChartContext {
  readonly Release: { readonly Namespace: string };
  readonly Values: Readonly<Record<string, unknown>>;
}

/** Renders what our chart uses of Go templates: `if`, `range`, values, and the functions below. @throws Error on anything else */
export function renderTemplate(template: string, context: ChartContext): string {
  const tokens = template.split(/(\s*\{\{-[^}]*\}\}|\{\{[^}]*\}\})/);
  const rest = { tokens, at: 0 };
  const rendered = renderBlock(rest, { root: context, dot: context });
  if (rest.at < tokens.length) throw new Error('a block ends that did not begin');
  return rendered;
}

interface Scope {
  readonly root: ChartContext;
  readonly dot: unknown;
}

interface Rest {
  readonly tokens: readonly string[];
  at: number;
}

function renderBlock(rest: Rest, scope: Scope): string {
  let text = '';
  while (rest.at < rest.tokens.length) {
    const token = rest.tokens[rest.at++]!;
    const action = /^\s*\{\{-?\s*(.*?)\s*\}\}$/s.exec(token)?.[1];
    if (action === undefined) text += token;
    else if (action === 'end') return text;
    else text += renderAction(action, rest, scope);
  }
  return text;
}

function renderAction(action: string, rest: Rest, scope: Scope): string {
  const [word = '', ...more] = action.split(' ');
  if (word !== 'if' && word !== 'range') return String(valueOf(action, scope));
  const subject = valueOf(more.join(' '), scope);
  const start = rest.at;
  const rounds = word === 'range' ? (subject as readonly unknown[]) : isTrue(subject) ? [scope.dot] : [];
  const texts = rounds.map((dot) => {
    rest.at = start;
    return renderBlock(rest, { ...scope, dot });
  });
  if (rounds.length === 0) renderBlock(rest, { ...scope, dot: '' });
  return texts.join('');
}

/** As Go has it: empty is false. */
function isTrue(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

function valueOf(pipeline: string, scope: Scope): unknown {
  const [first = '', ...pipes] = pipeline.split(' | ');
  return pipes.reduce<unknown>((value, pipe) => apply(pipe.split(' '), [value]), callOf(first, scope));
}

function callOf(expression: string, scope: Scope): unknown {
  const words = [...expression.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word);
  if (words.length === 1) return read(words[0]!, scope);
  const [name = '', ...parameters] = words;
  return apply(
    [name],
    parameters.map((word) => read(word, scope)),
  );
}

function read(word: string, { root, dot }: Scope): unknown {
  if (word.startsWith('"')) return JSON.parse(word);
  if (word === '.') return dot;
  const path = word.split('.').slice(1);
  return path.reduce<unknown>((value, key) => {
    const object = value as Readonly<Record<string, unknown>>;
    if (!(key in object)) throw new Error(`${word} is no value of the chart`);
    return object[key];
  }, root);
}

function apply([name, amount]: readonly string[], values: readonly unknown[]): unknown {
  const [first, second] = values;
  switch (name) {
    case 'quote':
      return JSON.stringify(first);
    case 'required':
      if (!isTrue(second)) throw new Error(String(first));
      return second;
    case 'ne':
      return first !== second;
    case 'toYaml':
      return stringify(first, { version: '1.1' }).trimEnd();
    case 'nindent':
      return `\n${String(first)}`.replaceAll('\n', `\n${' '.repeat(Number(amount))}`);
    default:
      throw new Error(`templates of the chart have no ${name}`);
  }
}
