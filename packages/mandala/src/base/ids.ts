/**
 * Ids are opaque strings, told apart by the compiler and made only by the `derive…` functions of `value` and `model`.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** Ids are the first 160 bits of a SHA-256, like git's: 40 hex digits, 20 bytes in a store. */
export const ID_LENGTH = 40

/** What a value is: equal ids, equal values. */
export type ContentId = Branded<'ContentId'>
/** How a value came about: its content if it has no history, else the call and the output that gave it. */
export type HistoryId = Branded<'HistoryId'>
/** A call, by its op and what its inputs are. */
export type CallContentId = Branded<'CallContentId'>
/** A call, by its op and how its inputs came about. */
export type CallHistoryId = Branded<'CallHistoryId'>
/** All the code that an execution of an op used, each part at one of its contents. */
export type VersionId = Branded<'VersionId'>

export function isVersionId(given: unknown): given is VersionId {
  return typeof given === 'string' && given.length === ID_LENGTH && /^[0-9a-f]*$/.test(given)
}
