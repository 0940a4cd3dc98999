import type { FreeName } from './names.ts'
import type { Program } from './program.ts'
import { readSignatures } from './signatures.ts'
import type { OpFunctionName } from './tracer.ts'
import type { Transformed } from './transform.ts'

export interface NameInput {
  readonly source: string
  readonly transformed: Transformed
  readonly program: Program
}

/** A function that becomes an op, and what it is called in its source. */
export interface NamedFunction extends OpFunctionName {
  readonly start: number
  readonly end: number
}

/** What a bundle is to say of each function that becomes an op. */
export function nameOpFunctions({ source, transformed, program }: NameInput): NamedFunction[] {
  const { facts: { file }, opFunctions } = transformed
  return opFunctions.map(({ start, end, text, local, target }) => {
    const found = text ? { text: source.slice(text.start, text.end), name: local } : target && findFunction(program, file, target)
    const [signature] = found ? readSignatures(file, [found.text]) : []
    const name = signature?.name ?? found?.name
    return { start, end, ...(signature && { signature: signature.text }), ...(signature && name !== undefined && { name }) }
  })
}

interface FoundFunction {
  readonly text: string
  /** What a function that has no name of its own takes over. */
  readonly name: string | undefined
}

function findFunction(program: Program, file: string, name: FreeName): FoundFunction | undefined {
  const target = program.target(file, name)
  const text = target.kind === 'component' && target.component.kind === 'function' ? program.findText(target.id) : undefined
  return text === undefined || target.kind !== 'component' ? undefined : { text, name: target.component.name }
}
