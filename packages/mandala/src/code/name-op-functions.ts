import { parseExpressionAt, type Function as FunctionNode } from 'acorn'
import { createRequire } from 'node:module'
import type { FreeName } from './names.ts'
import type { Program } from './program.ts'
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
  return opFunctions.map(({ start, end, isInPlace, target }) => {
    const found = isInPlace ? { text: source.slice(start, end), name: undefined } : target && findFunction(program, file, target)
    return { start, end, ...(found && describe(file, found)) }
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

/** Its name and its parameters, without types. */
function describe(file: string, { text, name }: FoundFunction): OpFunctionName | undefined {
  const { transformSync } = createRequire(import.meta.url)('oxc-transform') as typeof import('oxc-transform')
  const { code, errors } = transformSync(file, `(${text})`, { target: 'esnext' })
  if (errors.length > 0) return undefined
  const { start, id, body } = parseExpressionAt(code, 0, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as FunctionNode
  const ownName = id?.name ?? name
  const signature = `${code.slice(start, body.start).replace(/=>[\s(]*$/, '=>')}{}`
  return { signature, ...(ownName !== undefined && { name: ownName }) }
}
