/** Whether an import is one of this library. */
export function isLibrary(source: string): boolean {
  return /^mandala-ts(\/|$)/.test(source)
}
