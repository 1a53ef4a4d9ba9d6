/** How tight a binary operator binds, and which side goes first. */
interface BinaryOperator {
  readonly precedence: number;
  readonly isRightAssociative: boolean;
}

const left = (precedence: number): BinaryOperator => ({ precedence, isRightAssociative: false });
const right = (precedence: number): BinaryOperator => ({ precedence, isRightAssociative: true });

/** The binary operators as Argo ranks them. `??` binds tightest of all, the pipe loosest. */
export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map([
  ['|', left(0)],
  ['or', left(10)],
  ['||', left(10)],
  ['and', left(15)],
  ['&&', left(15)],
  ['==', left(20)],
  ['!=', left(20)],
  ['<', left(20)],
  ['>', left(20)],
  ['>=', left(20)],
  ['<=', left(20)],
  ['in', left(20)],
  ['matches', left(20)],
  ['contains', left(20)],
  ['startsWith', left(20)],
  ['endsWith', left(20)],
  ['..', left(25)],
  ['+', left(30)],
  ['-', left(30)],
  ['*', left(60)],
  ['/', left(60)],
  ['%', left(60)],
  ['**', right(100)],
  ['^', right(100)],
  ['??', left(500)],
]);

/** How tight a prefix binds: `not a == b` is `(not a) == b`, `-a ** b` is `-(a ** b)`. */
export const unaryPrecedence: ReadonlyMap<string, number> = new Map([
  ['not', 50],
  ['!', 50],
  ['-', 90],
  ['+', 90],
]);
