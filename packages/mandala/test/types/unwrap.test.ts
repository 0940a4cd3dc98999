import { test } from 'node:test'
import { unwrap, type Input, type ListRef, type Ref, type Tracked, type Unwrapped } from '../../src/index.ts'
import { expectType, type Equal } from './equal.ts'

// The compiler checks this file; nothing in it runs.

class Secret {
  #value = 1
  get value(): number { return this.#value }
}

expectType<Equal<Unwrapped<number>, number>>()
expectType<Equal<Unwrapped<Ref<number>>, number>>()
expectType<Equal<Unwrapped<Tracked<number>>, number>>()
expectType<Equal<Unwrapped<Tracked<boolean>>, boolean>>()
expectType<Equal<Unwrapped<Tracked<string | undefined>>, string | undefined>>()
expectType<Equal<Unwrapped<Promise<Tracked<number>>>, number>>()
expectType<Equal<Unwrapped<Tracked<number>[]>, number[]>>()
expectType<Equal<Unwrapped<[Tracked<number>, Ref<string>]>, [number, string]>>()
expectType<Equal<Unwrapped<readonly Tracked<number>[]>, readonly number[]>>()
expectType<Equal<Unwrapped<{ a: Ref<number>; b?: Tracked<string> }>, { a: number; b?: string }>>()
expectType<Equal<Unwrapped<Map<string, Ref<number>>>, Map<string, number>>>()
expectType<Equal<Unwrapped<Set<Ref<number>>>, Set<number>>>()
expectType<Equal<Unwrapped<ListRef<number>>, number[]>>()
expectType<Equal<Unwrapped<Secret>, Secret>>()
expectType<Equal<Unwrapped<Tracked<Secret>>, Secret>>()
expectType<Equal<Unwrapped<Tracked<Secret>[]>, Secret[]>>()
expectType<Equal<Unwrapped<Date>, Date>>()
expectType<Equal<Unwrapped<Float64Array>, Float64Array>>()
expectType<Equal<Unwrapped<null>, null>>()
expectType<Equal<Unwrapped<unknown>, unknown>>()
expectType<Equal<Unwrapped<any>, any>>()

declare const ref: Ref<number>

export async function unwrapping(): Promise<void> {
  const [a, { b }] = await unwrap([ref, { b: ref }] as const)
  expectType<Equal<[typeof a, typeof b], [number, number]>>()
}

function accept<T>(_input: Input<T>): void {}

export function inputsOf(): void {
  accept<number>(ref)
  accept<number | string>(ref)
  accept<number[]>([ref, 1, Promise.resolve(ref)])
  accept<{ a: { b: number } }>({ a: { b: ref } })
  accept<readonly [number, string]>([ref, 'a'])
  accept<unknown>(ref)
  accept<Date>(new Date())
  // @ts-expect-error a Ref of another type
  accept<string>(ref)
  // @ts-expect-error a Ref to a part of another type
  accept<{ a: string }>({ a: ref })
  // @ts-expect-error what is atomic holds no Refs
  accept<Map<string, number>>(new Map([['a', ref]]))
  // @ts-expect-error a Date is no bag of methods
  accept<Date>({ getTime: () => 1 })
}

test('the types of unwrap and of inputs are checked by the compiler', () => {})
