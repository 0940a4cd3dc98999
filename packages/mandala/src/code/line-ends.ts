import { eachChild, type SyntaxNode } from './syntax.ts'

const ENDING = /^(ExpressionStatement|VariableDeclaration|ReturnStatement|ThrowStatement|Class(Private|Accessor)?Property|ExportDefaultDeclaration)$/
const LOOP = /^For(In|Of)?Statement$/

/**
 * Where statements and fields end without a semicolon, with an arrow function in braces. A line that begins with a bracket doesn't go on with such a
 * function; it would with what is put around it.
 */
export function listOpenEnds(program: SyntaxNode): ReadonlySet<number> {
  const ends = new Set<number>()
  const arrows = new Set<number>()
  const visit = (node: SyntaxNode, outer: SyntaxNode): void => {
    const isHead = node.type === 'VariableDeclaration' && LOOP.test(outer.type)
    if (ENDING.test(node.type) && !isHead) ends.add(node.end)
    else if (node.type === 'ArrowFunctionExpression' && node.body.type === 'BlockStatement') arrows.add(node.end)
    eachChild(node, (child) => visit(child, node))
  }
  visit(program, program)
  return arrows.intersection(ends)
}
