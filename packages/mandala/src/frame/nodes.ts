import { describe } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { FrameData, Node } from './frame-data.ts'

/** The node that a user names: a variable, or an operation, which `name()` says where a variable has the same name. */
export function getNode({ variables, operations }: FrameData, name: string): Node {
  if (variables.has(name)) return { kind: 'variable', name }
  const operation = toOperationName(name)
  if (operations.has(operation)) return { kind: 'operation', name: operation }
  const names = [...variables.keys(), ...Array.from(operations.keys(), (each) => (variables.has(each) ? `${each}()` : each))]
  throw new MandalaError('FRAME_INVALID', `The frame has no variable or operation ${describe(name)}`, { hint: `it has ${names.join(', ') || 'none'}` })
}

export function getVariable(data: FrameData, name: string): ReadonlySet<number> {
  return data.variables.get(name) ?? unknown('variable', name, data.variables)
}

export function getOperation(data: FrameData, name: string): NonNullable<ReturnType<FrameData['operations']['get']>> {
  return data.operations.get(toOperationName(name)) ?? unknown('operation', name, data.operations)
}

/** `name()` says that an operation is meant. */
export function toOperationName(name: string): string {
  return String(name).replace(/\(\)$/, '')
}

function unknown(kind: string, name: string, known: ReadonlyMap<string, unknown>): never {
  throw new MandalaError('FRAME_INVALID', `The frame has no ${kind} ${describe(name)}`, { hint: `it has ${[...known.keys()].join(', ') || 'none'}` })
}
