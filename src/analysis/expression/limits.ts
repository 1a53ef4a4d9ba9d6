/** The longest text that is read as a condition, in characters. */
export const MAX_TEXT_CHARACTERS = 8192;

/** How deep brackets, operators and branches may nest while a text is read. */
export const MAX_NESTING = 64;

/** How high the tree of a condition may be: `a or b or c …` is as high as it has terms. */
export const MAX_TREE_HEIGHT = 512;

/** How many steps one evaluation may take: a node evaluated, an element visited or compared, a character matched. */
export const MAX_STEPS = 500_000;

/** How many elements one evaluation may make, summed up: Argo's own limit. */
export const MEMORY_BUDGET_ELEMENTS = 1_000_000;

/** How many bytes of text one step may join, cut or look through. */
export const BYTES_A_STEP = 1024;

/** How many values a JSON result may hold, how much text, and how deep they may nest. */
export const MAX_RESULT_VALUES = 200_000;
export const MAX_RESULT_CHARACTERS = 1_048_576;
export const MAX_RESULT_DEPTH = 256;

/** The largest regular expression, in steps of its automaton. */
export const MAX_PATTERN_STATES = 5_000;

/** The longest regular expression that is no literal, in bytes. */
export const MAX_PATTERN_BYTES = 8192;

/** The longest text of a result that `matches` looks through, in bytes. */
export const MAX_MATCHED_BYTES = 65_536;

/** The longest text of a result that `asInt` and `asFloat` read, in characters. */
export const MAX_NUMBER_CHARACTERS = 4096;

/** The longest message of an error, in characters; Argo's may quote a whole result. */
export const MAX_MESSAGE_CHARACTERS = 2048;
