import type { DictRef, ListRef, Ref, SetRef } from './ref.ts'

/** What an op call resolves to: a Ref inside a run, the plain value outside. `await unwrap(x)` gives the value of either. */
export type Tracked<T> = T | Ref<T>

/** The value behind what may be a Ref, or a promise of one. */
export type Untracked<T> = T extends Ref<infer U> ? U : T extends PromiseLike<infer U> ? Untracked<U> : T

type Atom = string | number | bigint | boolean | symbol | null | undefined | Date | RegExp | URL | Error | ArrayBufferView | ArrayBufferLike |
  ReadonlyMap<any, any> | ReadonlySet<any> | ((...args: any[]) => unknown)

/** What may be passed where a function takes a `T`: the value, a Ref to one, a promise of either, or a plain array or object that holds them. */
export type Input<T> =
  | T
  | Ref<T>
  | PromiseLike<T | Ref<T>>
  | (T extends Atom ? never : T extends object ? { [K in keyof T]: Input<T[K]> } | PromiseLike<{ [K in keyof T]: Input<T[K]> }> : never)

/** The arguments of an op, each as an {@link Input}. */
export type Inputs<Args extends readonly unknown[]> = { [K in keyof Args]: Input<Untracked<Args[K]>> }

/** What `unwrap` gives: Refs and promises replaced by values, through arrays, plain objects, Maps and Sets. */
export type Unwrapped<T> =
  T extends Ref<infer U> ? U
    : T extends PromiseLike<infer U> ? Unwrapped<U>
      : T extends Map<infer K, infer V> ? Map<Unwrapped<K>, Unwrapped<V>>
        : T extends Set<infer E> ? Set<Unwrapped<E>>
          : T extends Atom ? T
            : T extends object ? UnwrappedParts<T, { [K in keyof T]: Unwrapped<T[K]> }> : T

/** What holds no Ref keeps its very type: a mapped copy of a class would lose its private members. */
type UnwrappedParts<T, Parts> = T extends Parts ? T : Parts

/** What an op with an output of kind `K` resolves to. */
export type TrackedAs<T, K> = T | RefAs<T, K>

/** The Ref of a value of kind `K`. */
export type RefAs<T, K> =
  K extends { readonly kind: 'list'; readonly element: infer E } ? (T extends readonly (infer I)[] ? ListRef<I, RefAs<I, E>> : never)
    : K extends { readonly kind: 'dict'; readonly element: infer E } ? RefOfDict<T, E>
      : K extends { readonly kind: 'set'; readonly element: infer E } ? (T extends ReadonlySet<infer I> ? SetRef<I, RefAs<I, E>> : never)
        : Ref<T>

/** An interface has no index signature, so there is more to rule out than to ask for. */
type RefOfDict<T, E> = T extends Atom | readonly unknown[] ? never : T extends object ? DictRef<T, { readonly [K in keyof T]: RefAs<Required<T>[K], E> }> : never
