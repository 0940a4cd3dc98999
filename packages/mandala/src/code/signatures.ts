import { parseExpressionAt, type ArrayExpression, type ClassExpression, type Function as FunctionNode, type PropertyDefinition } from 'acorn'
import { createRequire } from 'node:module'

/** A function as far as it is called by others: without types, to be read where a minifier made something else of it. */
export interface Signature {
  readonly name: string | undefined
  /** A function of the same parameters. */
  readonly text: string
}

/** @returns undefined for those that can't be read by themselves */
export function readSignatures(file: string, functions: readonly string[]): readonly (Signature | undefined)[] {
  if (functions.length === 0) return []
  const list = `[${functions.map((each) => `(${each})`).join(',')}]`
  const privateNames = new Set(list.match(/#[a-z_$][\w$]*/gi))
  const code = withoutTypes(file, privateNames.size === 0 ? list : `(class{${[...privateNames].join(';')};static all=${list}})`)
  const parsed = code === undefined ? undefined : parseList(code)
  if (code === undefined || !parsed) return functions.length === 1 ? [undefined] : functions.flatMap((each) => readSignatures(file, [each]))
  const { elements } = parsed.type === 'ArrayExpression' ? parsed : (parsed.body.body.at(-1) as PropertyDefinition).value as ArrayExpression
  return elements.map((each) => {
    const { id, params } = each as unknown as FunctionNode
    return { name: id?.name, text: `function(${code.slice(params[0]?.start ?? 0, params.at(-1)?.end ?? 0)}){}` }
  })
}

/** `import.meta` stands in modules only, parameters called `static` or `await` in scripts only. */
function parseList(code: string): ArrayExpression | ClassExpression | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parseExpressionAt(code, 0, { ecmaVersion: 'latest', sourceType }) as ArrayExpression | ClassExpression
    } catch {
      // Not of this kind.
    }
  }
  return undefined
}

function withoutTypes(file: string, source: string): string | undefined {
  const { transformSync } = createRequire(import.meta.url)('oxc-transform') as typeof import('oxc-transform')
  const { code, errors } = transformSync(file, source, { target: 'esnext' })
  return errors.length === 0 ? code : undefined
}
