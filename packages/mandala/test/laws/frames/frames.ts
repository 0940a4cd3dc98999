import fc from 'fast-check'
import { MandalaError, type ComputationFrame, type Ref } from '../../../src/index.ts'
import { OPS, type Ran } from './program.ts'

/* Random frames: a start, and what a user might then do. */

export const VERBS = [
  'expandBack', 'expandForward', 'expandAll', 'complete', 'select', 'drop', 'isIn', 'where', 'atVersion', 'upstream', 'downstream', 'midstream', 'dropUnreachable',
  'union', 'intersection', 'difference', 'without', 'rename', 'merge', 'mergeAll', 'mergeInto', 'split', 'simplify',
] as const

export interface Deed {
  readonly verb: (typeof VERBS)[number]
  readonly a: number
  readonly b: number
  readonly how: 'strong' | 'weak'
}

export const anyDeed: fc.Arbitrary<Deed> = fc.record({ verb: fc.constantFrom(...VERBS), a: fc.nat(99), b: fc.nat(99), how: fc.constantFrom('strong', 'weak') })

/** A start: an op, or two variables with some refs. */
export const anySource = fc.record({ op: fc.option(fc.constantFrom(...OPS), { freq: 1, nil: undefined }), picks: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }) })
export type Source = typeof anySource extends fc.Arbitrary<infer T> ? T : never

export async function startFrame({ storage, refs }: Ran, { op, picks }: Source): Promise<ComputationFrame> {
  if (op !== undefined) return storage.cf(op)
  const picked = picks.map((pick) => refs[pick % refs.length] as Ref<number>)
  return storage.cf({ a: picked, b: picked.slice(0, 1) })
}

/** Variables, then operations, as verbs want them named. */
export function namesOf(frame: ComputationFrame): { readonly variables: string[]; readonly operations: string[]; readonly all: string[] } {
  const [variables, operations] = [Object.keys(frame.refs()), Object.keys(frame.calls())]
  return { variables, operations, all: [...variables, ...operations.map((name) => `${name}()`)] }
}

/** Does a deed, or gives the frame back where there is nothing to do it with. */
export async function act(frame: ComputationFrame, other: ComputationFrame, { verb, a, b, how }: Deed): Promise<ComputationFrame> {
  const { variables, operations, all } = namesOf(frame)
  const [x, y] = [variables[a % variables.length], variables[b % variables.length]]
  const [f, g] = [operations[a % operations.length], operations[b % operations.length]]
  const [m, n] = [all[a % all.length], all[b % all.length]]
  if (m === undefined || n === undefined) return frame
  switch (verb) {
    case 'expandBack': return frame.expandBack(a % 2 ? { recursive: true } : x === undefined ? {} : { vars: x, depth: b % 4 })
    case 'expandForward': return frame.expandForward(a % 2 ? { recursive: true } : x === undefined ? {} : { vars: x, depth: b % 4 })
    case 'expandAll': return frame.expandAll(a % 2 ? {} : { depth: b % 3 })
    case 'complete': return frame.complete()
    case 'select': return frame.select(m, n)
    case 'drop': return frame.drop(n)
    case 'isIn': return x === undefined ? frame : frame.isIn(x, [0, 1, 2].slice(b % 3))
    case 'where': return x === undefined ? frame : frame.where(x, (value) => value !== b % 5)
    case 'atVersion': return f === undefined ? frame : frame.atVersion(f, b % 2 ? 2 : 0)
    case 'upstream': return frame.upstream([m, n], how)
    case 'downstream': return frame.downstream(m, how)
    case 'midstream': return frame.midstream([m, n], how)
    case 'dropUnreachable': return frame.dropUnreachable(a % 2 ? 'forward' : 'back', how)
    case 'union': return frame.union(other)
    case 'intersection': return frame.intersection(other)
    case 'difference': return frame.difference(other)
    case 'without': return frame.difference(other, { structural: true })
    case 'rename': return frame.rename({ [m]: `r${b}` })
    case 'merge': return x === undefined || y === undefined ? frame : frame.merge(x, y)
    case 'mergeAll': return frame.merge()
    case 'mergeInto': return f === undefined || g === undefined ? frame : frame.mergeInto(`${f}()`, `${g}()`)
    case 'split': return x === undefined ? frame : frame.split(x, b % 3 === 0 ? 'creator' : b % 3 === 1 ? 'consumer' : (ref) => String(Number(ref.hid.charCodeAt(0)) % 3))
    case 'simplify': return frame.simplify()
  }
}

/** Several deeds one after the other; what a frame refuses by its code is left out. */
export async function actAll(frame: ComputationFrame, deeds: readonly Deed[], note: (frame: ComputationFrame, deed: Deed) => void = () => {}): Promise<ComputationFrame> {
  let now = frame
  for (const deed of deeds) {
    try {
      now = await act(now, frame, deed)
    } catch (error) {
      if (!(error instanceof MandalaError && error.code === 'FRAME_INVALID')) throw error
    }
    note(now, deed)
  }
  return now
}
