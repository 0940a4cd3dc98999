import { parseExpressionAt, type ArrayExpression, type Function as FunctionNode } from 'acorn'
import { createRequire } from 'node:module'

/** A function as far as it is called by others: without types, to be read where a minifier made something else of it. */
export interface Signature {
  readonly name: string | undefined
  /** A function of the same parameters. */
  readonly text: string
}

/** @returns undefined for those that can't be read by themselves, as one that names a private member */
export function readSignatures(file: string, functions: readonly string[]): readonly (Signature | undefined)[] {
  if (functions.length === 0) return []
  const code = withoutTypes(file, `[${functions.map((each) => `(${each})`).join(',')}]`)
  if (code === undefined) return functions.length === 1 ? [undefined] : functions.flatMap((each) => readSignatures(file, [each]))
  const { elements } = parseExpressionAt(code, 0, { ecmaVersion: 'latest', sourceType: 'module' }) as ArrayExpression
  return elements.map((each) => {
    const { id, params } = each as unknown as FunctionNode
    return { name: id?.name, text: `function(${code.slice(params[0]?.start ?? 0, params.at(-1)?.end ?? 0)}){}` }
  })
}

function withoutTypes(file: string, source: string): string | undefined {
  const { transformSync } = createRequire(import.meta.url)('oxc-transform') as typeof import('oxc-transform')
  const { code, errors } = transformSync(file, source, { target: 'esnext' })
  return errors.length === 0 ? code : undefined
}
