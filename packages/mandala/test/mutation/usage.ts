import type { Truth } from './laboratory.ts'
import { parsed, walked } from './mutations.ts'
import type { Edited } from './edits.ts'
import type { Sources } from './sources.ts'
import { isFunctionNode, walk, type Node } from './tree.ts'

/**
 * Which calls used what an edit changed, by other means than the library's: those that entered a changed function, or one whose text names
 * a changed declaration, or something of the module level that is made of one.
 */
export function findUsers(before: Sources, { sources, places }: Edited, truths: readonly Truth[]): Set<string> {
  const files = new Set(places.map(({ file }) => file))
  if ([...files].some((file) => !file.startsWith('src/') || !file.endsWith('.ts'))) return usersOfNames(before, new Set([...files].flatMap(namesOfOther)), truths)
  const changed = new Set([...files].flatMap((file) => changedParts(before.get(file) ?? '', sources.get(file) ?? '')))
  for (const name of [...changed]) if (name.endsWith('.ts')) for (const each of calledBy(before, name)) changed.add(each)
  const names = spread(before, changed)
  const users = usersOfNames(before, names, truths)
  for (const name of usersOfNames(sources, spread(sources, changed), truths.slice(1))) users.add(name)
  for (const [call, functions] of truths[0]!.entered) if (places.some((place) => enteredAt(before, place).some((each) => functions.has(each)))) users.add(call)
  return users
}

/** The innermost function around a place. */
function enteredAt(sources: Sources, { file, start, end }: Edited['places'][number]): string[] {
  const around = walked(sources.get(file) ?? '').filter(([node]) => isFunctionNode(node) && node.start <= start && node.end >= end).at(-1)?.[0]
  return around ? [`${file}:${around.start}-${around.end}`] : []
}

/** What the statements of a module call. */
function calledBy(sources: Sources, source: string): string[] {
  const statements = (parsed(sources.get(source.replace('./', 'src/')) ?? '').body as Node[]).filter(({ type }) => type === 'ExpressionStatement')
  return statements.flatMap(namesOfEffect)
}

function namesOfOther(file: string): string[] {
  if (file.includes('tiny-lib')) return ['pad', 'clamp']
  return file.endsWith('.json') ? ['data', 'cities', 'unit'] : [file.replace('env:', '')]
}

/** Names of functions, members and declarations whose text is in one of two texts only. */
function changedParts(before: string, after: string): string[] {
  const [old, now] = [partsOf(before), partsOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name))
}

function partsOf(text: string): Map<string, string> {
  const parts = new Map<string, string>()
  for (const [i, statement] of (parsed(text).body as Node[]).entries()) {
    // The order in which modules are loaded is what they register in.
    if (statement.type === 'ImportDeclaration' && statement.specifiers.length === 0) parts.set(`${statement.source.value}`, String(i))
    const inner: Node = statement.declaration ?? statement
    const shown = isFunctionNode(inner) || inner.type === 'ClassDeclaration' ? text.slice(inner.start, inner.end) : withoutFunctions(text, inner)
    for (const name of namesDeclared(inner)) parts.set(name, shown)
    if (!/Declaration$/.test(inner.type)) for (const name of namesOfEffect(inner)) parts.set(name, `${parts.get(name) ?? ''}${shown}`)
  }
  return parts
}

/** Functions in it say by themselves when they are entered. */
function withoutFunctions(text: string, node: Node): string {
  const inner = walked(text).filter(([each, outer]) => isFunctionNode(each) && outer.includes(node) && !outer.some(isFunctionNode)).map(([each]) => each)
  return inner.toSorted((a, b) => b.start - a.start).reduce((shown, { start, end }) => `${shown.slice(0, start - node.start)}fn${shown.slice(end - node.start)}`,
    text.slice(node.start, node.end))
}

/** What a statement changes: what it assigns to, and whatever the function that it calls does. */
function namesOfEffect(statement: Node): string[] {
  const callee = statement.expression?.callee
  if (callee?.type === 'Identifier') return [`call ${callee.name}`]
  return [...walk(statement)].flatMap(([each, outer]) => (each.type === 'Identifier' && !outer.some(isFunctionNode) ? [each.name as string] : []))
}

/** The values that a function of some file names, which calling it may change. */
function changedBy(sources: Sources, called: string): string[] {
  return [...sources].filter(([file]) => file.startsWith('src/') && file.endsWith('.ts')).flatMap(([, text]) => {
    const declared = (parsed(text).body as Node[]).map((each) => (each.declaration ?? each) as Node)
    const fn = declared.find((each) => each.type === 'FunctionDeclaration' && each.id.name === called)
    const values = declared.filter(({ type }) => type === 'VariableDeclaration').flatMap(namesDeclared)
    return fn ? values.filter((name) => namesAny(text.slice(fn.start, fn.end), new Set([name]))) : []
  })
}

function namesDeclared(node: Node): string[] {
  if (node.type === 'ImportDeclaration') return (node.specifiers as Node[]).map(({ local }) => local.name as string)
  if (/^Export/.test(node.type)) return ((node.specifiers ?? []) as Node[]).map(({ exported }) => (exported.name ?? exported.value) as string)
  if (node.type === 'VariableDeclaration') return (node.declarations as Node[]).flatMap(({ id }) => [...walk(id)].flatMap(([each]) =>
    (each.type === 'Identifier' ? [each.name as string] : [])))
  return node.id ? [node.id.name as string] : []
}

/** With what is made of these when its module is loaded: values, classes, statements. */
function spread(sources: Sources, given: ReadonlySet<string>): Set<string> {
  const names = new Set(given)
  const texts = [...sources].filter(([file]) => file.startsWith('src/') && file.endsWith('.ts')).map(([, text]) => [...partsOf(text)])
  for (let size = -1; size !== names.size;) {
    size = names.size
    for (const parts of texts) for (const [name, text] of parts) if (!/^(async )?function/.test(text) && namesAny(text, names)) names.add(name)
    for (const name of [...names]) if (name.startsWith('call ')) for (const each of changedBy(sources, name.slice(5))) names.add(each)
  }
  return names
}

function namesAny(text: string, names: ReadonlySet<string>): boolean {
  return (text.match(/[\w$]+/g) ?? []).some((word) => names.has(word))
}

function usersOfNames(sources: Sources, names: ReadonlySet<string>, truths: readonly Truth[]): Set<string> {
  const places = new Set<string>()
  for (const [file, text] of sources) {
    if (!file.startsWith('src/') || !file.endsWith('.ts')) continue
    for (const [node, outer] of walked(text)) {
      if (!isFunctionNode(node)) continue
      const around = [...outer, node].flatMap((each) => each.id?.name ?? (each.key?.name as string | undefined) ?? [])
      if (around.some((name: string) => names.has(name)) || namesAny(text.slice(node.start, node.end), names)) places.add(`${file}:${node.start}-${node.end}`)
    }
  }
  const users = new Set<string>()
  for (const { entered } of truths) for (const [call, functions] of entered) if ([...functions].some((each) => places.has(each))) users.add(call)
  return users
}
