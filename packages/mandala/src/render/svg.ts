/** Lays a DOT graph out: Graphviz in WebAssembly, loaded when first used. */
export async function renderSvg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz')
  const viz = await instance()
  return viz.renderString(dot, { format: 'svg' })
}
