import { types } from 'node:util'

/** As bundlers write getters of exports: these give what a name stands for, or a literal, and do nothing else. */
const GETTER = /^(?:\(\)\s*=>|(?:function|get\s+\S+?)\s*\(\)\s*\{\s*return\b)\s*\(?\s*(?:\/\*.*?\*\/\s*)?(.+?)\s*\)?\s*;?\s*\}?$/
const NAME_OR_LITERAL = /^(?:[!+-]?[\w$.]+|void 0|"[^"]*"|'[^']*'|`[^`$]*`)$/

/** Whether an object is all that a module exports: in a bundle, one that says so, or has nothing but getters for it. */
export function isModuleNamespace(value: object): boolean {
  if (types.isModuleNamespaceObject(value) || Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === 'Module') return true
  const names = Object.keys(value)
  return names.length > 0 && names.every((name) => {
    const { get, set } = Object.getOwnPropertyDescriptor(value, name) as PropertyDescriptor
    return get !== undefined && !set && givesName(get)
  })
}

function givesName(getter: () => unknown): boolean {
  return NAME_OR_LITERAL.test(GETTER.exec(Function.prototype.toString.call(getter))?.[1] ?? '')
}

/** What a module exports; what isn't initialised yet is undefined. */
export function exportsOf(namespace: object): Map<string, unknown> {
  const read = (name: string): unknown => {
    try {
      return (namespace as Record<string, unknown>)[name]
    } catch {
      return undefined
    }
  }
  return new Map(Object.keys(namespace).map((name) => [name, read(name)]))
}
