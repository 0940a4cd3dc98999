/** A statement of a pattern's program, over named variables. */
export type Line =
  | { readonly kind: 'free'; readonly name: string; readonly type: string | undefined }
  | {
    readonly kind: 'call'; readonly op: string; readonly version: number | undefined; readonly form: 'single' | 'several'; readonly isTuple: boolean
    readonly inputs: readonly Named[]; readonly outputs: readonly Named[]
  }
  | {
    readonly kind: 'collection'; readonly of: 'list' | 'dict' | 'set'; readonly name: string
    readonly elements: readonly { readonly name: string; readonly key: string | undefined }[]
  }
  | { readonly kind: 'element'; readonly name: string; readonly collection: string; readonly key: string | undefined }

export interface Named {
  readonly label: string
  /** Undefined for an output that nothing speaks of. */
  readonly name: string | undefined
}

/** A pattern as a program, which people can read and change. */
export interface Program {
  readonly lines: readonly Line[]
  /** The columns and the variables that they show. */
  readonly columns: readonly { readonly name: string; readonly variable: string }[]
  /** The options of the query, as code; empty for none. */
  readonly options: string
}

const isIdentifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** A pattern as TypeScript that can be pasted into a program, in which each op stands under its name. */
export function renderPattern({ lines, columns, options }: Program): string {
  const selected = columns.map(({ name, variable }) => entry(name, variable)).join(', ')
  return [...lines.map(renderLine), `await storage.df({ ${selected} }${options === '' ? '' : `, ${options}`})`].join('\n')
}

/** An op's name, or what stands for it where that is no identifier. */
export function identifierOf(name: string): string {
  const plain = name.replace(/[^\p{ID_Continue}$]/gu, '_')
  return isIdentifier.test(plain) ? plain : `_${plain}`
}

const entry = (label: string, name: string): string => (label === name ? name : `${isIdentifier.test(label) ? label : quote(label)}: ${name}`)
const quote = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"')}'`

function renderLine(line: Line): string {
  switch (line.kind) {
    case 'free': return `const ${line.name} = Q${line.type === undefined ? '' : `<${line.type}>`}()`
    case 'element': return `const ${line.name} = ${line.collection}.at(${line.key ?? ''})`
    case 'collection': {
      const keys = line.elements.map(({ key }) => key ?? 'undefined')
      const at = line.elements.some(({ key }) => key !== undefined) && line.of !== 'set' ? `, { at: [${keys.join(', ')}] }` : ''
      return `const ${line.name} = Q.${line.of}([${line.elements.map(({ name }) => name).join(', ')}]${at})`
    }
    case 'call': return renderCall(line)
  }
}

function renderCall({ op, version, form, isTuple, inputs, outputs }: Line & { readonly kind: 'call' }): string {
  const given = inputs.map(({ label, name }) => entry(label, name as string)).join(', ')
  const options = version === undefined ? '' : `, { version: ${version} }`
  const call = `${identifierOf(op)}.match(${given === '' ? '{}' : `{ ${given} }`}${options})${identifierOf(op) === op ? '' : ` // op(${quote(op)}, …)`}`
  const named = outputs.filter(({ name }) => name !== undefined)
  if (form === 'single') return named.length === 0 ? call : `const ${named[0]?.name} = ${call}`
  if (!isTuple) return `const { ${named.map(({ label, name }) => entry(label, name as string)).join(', ')} } = ${call}`
  const last = outputs.findLastIndex(({ name }) => name !== undefined)
  return `const [${outputs.slice(0, last + 1).map(({ name }) => name ?? '').join(', ')}] = ${call}`
}
