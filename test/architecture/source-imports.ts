import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';

/** What a file imports. `unreadable`: an import whose name is computed. */
export type SourceImport =
  | { readonly kind: 'file'; readonly path: string; readonly written: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'unreadable'; readonly written: string };

/** Every import of a TypeScript file: static, for types only, re-exported, dynamic. @throws Error when it does not parse. */
export function importsOf(path: string, text: string): readonly SourceImport[] {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`parsing ${path}: ${errors[0]?.message}`);
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [moduleRequest.value])),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start, end));
  return [
    ...[...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported].map((name) =>
      resolve(path, name),
    ),
    ...dynamic.map((written): SourceImport => {
      const literal = /^'([^']+)'$|^"([^"]+)"$/.exec(written);
      return literal === null ? { kind: 'unreadable', written } : resolve(path, literal[1] ?? literal[2] ?? '');
    }),
  ];
}

function resolve(from: string, name: string): SourceImport {
  if (name.startsWith('node:')) return { kind: 'node', name };
  if (name.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(from), name), written: name };
  const depth = name.startsWith('@') ? 2 : 1;
  return { kind: 'package', name: name.split('/').slice(0, depth).join('/') };
}
