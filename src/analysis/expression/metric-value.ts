/** A value as JSON has it; its numbers may be NaN and ±Inf too. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * What a provider measured, as `result` in a condition. The shapes are those that Argo gives: they are types of their own to the language,
 * `[]float64` of a vector is not the `[]interface {}` of a JSON array.
 * - `scalar`: a PromQL expression of scalar type; NaN and ±Inf are values
 * - `vector`: the sample values of an instant vector in the server's order, or of all series of a matrix; empty where there is no data
 * - `json`: any other provider's; `null` where there is no data
 */
export type MetricValue =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'vector'; readonly values: readonly number[] }
  | { readonly kind: 'json'; readonly value: JsonValue };
