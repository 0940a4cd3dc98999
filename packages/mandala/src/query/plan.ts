import type { MatchBlock, MatchPlan, MatchStep } from '../store/match.ts'
import type { PlannedAtom } from './atoms.ts'
import type { Pattern } from './pattern.ts'

export interface PlanOptions {
  readonly distinct: MatchPlan['distinct']
  readonly limit: number | undefined
  readonly rowsMax: number | undefined
  /** Tables that one statement may join. */
  readonly tablesMax: number
  /** How many facts of an atom there are in the store. */
  readonly count: (atom: PlannedAtom) => number
}

export interface QueryPlan extends MatchPlan {
  /** By block: its atoms in the order of joining, and how many rows it should have. */
  readonly outline: readonly { readonly atoms: readonly number[]; readonly estimate: number }[]
}

/** Atoms that are joined in one go: the first decides, each other is found through a variable of which it is the only fact. */
type Cluster = readonly number[]

/**
 * Joins along a tree of blocks.
 *
 * A block is an atom with those that its variables lead back to, one fact each, so it has no more rows than its first atom has facts.
 * Blocks are tied by a spanning tree of the most shared variables, which is a join tree if there is one (D. Maier, "The theory of
 * relational databases", 1983): then rows that have no partner are taken out once, from the leaves on, and the join of the rest meets no
 * dead end (M. Yannakakis, "Algorithms for acyclic database schemes", 1981).
 */
export function makePlan(pattern: Pattern, atoms: readonly PlannedAtom[], { distinct, limit, rowsMax, tablesMax, count }: PlanOptions): QueryPlan {
  const pinned = new Set(pattern.pins.map(({ variable }) => variable))
  const clusters = cluster(atoms, tablesMax).map((numbers) => {
    const facts = count(atoms[numbers[0] as number] as PlannedAtom)
    const variables = [...new Set(numbers.flatMap((i) => atoms[i]?.variables ?? []))]
    return { numbers, variables, estimate: variables.some((variable) => pinned.has(variable)) ? facts / PINNED : facts }
  })
  const tree = growTree(clusters)
  const needed = findNeeded(pattern, tree.map(({ cluster: i }) => (clusters[i] as (typeof clusters)[number]).variables))
  const prunable = distinct === false ? tree.map(() => false) : findTestOnly(pattern, tree, clusters.map(({ variables }) => variables))
  const blocks = tree.map(({ cluster: i, parent, shared }, place): MatchBlock => {
    const { numbers, estimate } = clusters[i] as (typeof clusters)[number]
    const above = parent === undefined ? undefined : clusters[tree[parent]?.cluster as number]
    const isEntry = (variable: number): boolean => numbers.some((n) => atoms[n]?.entries.has(variable))
    const isDriven = above !== undefined && above.estimate <= estimate && shared.some(isEntry)
    const start = isDriven ? shared : numbers.flatMap((n) => (atoms[n]?.variables ?? []).filter((variable) => pinned.has(variable) && isEntry(variable))).slice(0, 1)
    return {
      steps: orderSteps(atoms, numbers, start), parent, shared, isDriven,
      keep: clusters[i]?.variables.filter((variable) => needed[place]?.has(variable)) ?? [], isTestOnly: prunable[place] as boolean,
    }
  })
  return {
    blocks, pins: pattern.pins, excluded: pattern.excluded, unequal: pattern.unequal, distinct, limit, rowsMax,
    select: [...new Set(pattern.columns.map(({ variable }) => variable))],
    outline: tree.map(({ cluster: i }) => ({ atoms: clusters[i]?.numbers ?? [], estimate: clusters[i]?.estimate ?? 0 })),
  }
}

/** A pin is taken to leave one fact in so many. */
const PINNED = 10

function cluster(atoms: readonly PlannedAtom[], tablesMax: number): readonly Cluster[] {
  const byKey = new Map<number, number[]>()
  const users = new Map<number, number>()
  for (const [i, { keys, variables }] of atoms.entries()) {
    for (const key of keys) byKey.set(key, [...(byKey.get(key) ?? []), i])
    for (const variable of variables) users.set(variable, (users.get(variable) ?? 0) + 1)
  }
  const isFirst = ({ keys }: PlannedAtom): boolean => [...keys].every((key) => users.get(key) === 1)
  const taken = new Set<number>()
  const grow = (first: number): Cluster => {
    taken.add(first)
    const numbers = [first]
    let tables = atoms[first]?.tables ?? 0
    for (const i of numbers) {
      for (const next of (atoms[i] as PlannedAtom).variables.flatMap((variable) => byKey.get(variable) ?? [])) {
        const cost = atoms[next]?.tables ?? 0
        if (taken.has(next) || tables + cost > tablesMax) continue
        taken.add(next)
        tables += cost
        numbers.push(next)
      }
    }
    return numbers
  }
  const order = [...atoms.keys()]
  const isFree = (i: number): boolean => !taken.has(i)
  const firsts = order.filter((i) => isFirst(atoms[i] as PlannedAtom)).map(grow)
  // What is left over was cut off by the limit, or leads back to itself.
  const rest: Cluster[] = []
  const open = firsts.flat()
  for (const i of open) {
    for (const next of (atoms[i] as PlannedAtom).variables.flatMap((variable) => byKey.get(variable) ?? []).filter(isFree)) {
      const grown = grow(next)
      rest.push(grown)
      open.push(...grown)
    }
  }
  return [...firsts, ...rest, ...order.filter(isFree).flatMap((i) => (isFree(i) ? [grow(i)] : []))]
}

interface Placed {
  readonly cluster: number
  /** Place of the parent in the tree's order. */
  readonly parent: number | undefined
  readonly shared: readonly number[]
}

/** The clusters in an order in which each comes after its parent, the smallest first; each under that with which it shares most. */
function growTree(clusters: readonly { readonly variables: readonly number[]; readonly estimate: number }[]): readonly Placed[] {
  const left = new Set(clusters.keys())
  const placed: Placed[] = []
  /** By cluster: the best link to what is placed. */
  const links = new Map<number, { readonly parent: number; readonly shared: readonly number[] }>()
  const sets = clusters.map(({ variables }) => new Set(variables))
  const estimate = (i: number): number => clusters[i]?.estimate ?? 0
  const better = (a: number, b: number): boolean => {
    const [sharedA, sharedB] = [links.get(a)?.shared.length ?? 0, links.get(b)?.shared.length ?? 0]
    return sharedA === sharedB ? estimate(a) < estimate(b) : sharedA > sharedB
  }
  while (left.size > 0) {
    let next: number | undefined
    for (const i of left) if (next === undefined || better(i, next)) next = i
    const chosen = next as number
    left.delete(chosen)
    const link = links.get(chosen)
    const place = placed.push({ cluster: chosen, parent: link?.parent, shared: link?.shared ?? [] }) - 1
    for (const i of left) {
      const shared = (clusters[i]?.variables ?? []).filter((variable) => sets[chosen]?.has(variable))
      if (shared.length > (links.get(i)?.shared.length ?? 0)) links.set(i, { parent: place, shared })
    }
  }
  return placed
}

/** By block: variables that are selected, or that another block or a comparison of two blocks needs. */
function findNeeded(pattern: Pattern, blocks: readonly (readonly number[])[]): readonly ReadonlySet<number>[] {
  const users = new Map<number, number>()
  for (const variables of blocks) for (const variable of variables) users.set(variable, (users.get(variable) ?? 0) + 1)
  const outside = new Set(pattern.columns.map(({ variable }) => variable))
  const sets = blocks.map((variables) => new Set(variables))
  for (const [a, b] of pattern.unequal) if (!sets.some((set) => set.has(a) && set.has(b))) outside.add(a).add(b)
  return blocks.map((variables) => new Set(variables.filter((variable) => outside.has(variable) || (users.get(variable) ?? 0) > 1)))
}

/** By block: whether nothing of it or below it is selected, so that it is enough that there are such rows. */
function findTestOnly(pattern: Pattern, tree: readonly Placed[], clusters: readonly (readonly number[])[]): readonly boolean[] {
  const sets = tree.map(({ cluster: i }) => new Set(clusters[i]))
  // All that a block shares with those before it, it shares with its parent; otherwise the removal of rows without a partner leaves some.
  const before = new Set<number>()
  const isTree = sets.every((set, place) => {
    const holds = [...set].every((variable) => !before.has(variable) || tree[place]?.shared.includes(variable))
    for (const variable of set) before.add(variable)
    return holds
  })
  const crosses = pattern.unequal.some(([a, b]) => !sets.some((set) => set.has(a) && set.has(b)))
  if (!isTree || crosses) return tree.map(() => false)
  const selected = new Set(pattern.columns.map(({ variable }) => variable))
  const isNeeded = tree.map(({ parent, shared }, place) => (
    parent === undefined || [...(sets[place] as Set<number>)].some((variable) => selected.has(variable) && !shared.includes(variable))))
  for (let place = tree.length - 1; place > 0; place -= 1) {
    const parent = tree[place]?.parent
    if (isNeeded[place] && parent !== undefined) isNeeded[parent] = true
  }
  return isNeeded.map((needed) => !needed)
}

/** Each step is found through what is known by then, by a key if possible; the first through `start`, or by going through its calls. */
function orderSteps(atoms: readonly PlannedAtom[], cluster: Cluster, start: readonly number[]): MatchStep[] {
  const known = new Set(start)
  const left = new Set(cluster)
  const steps: MatchStep[] = []
  const take = (i: number, via: number | undefined): void => {
    const { form, variables } = atoms[i] as PlannedAtom
    left.delete(i)
    for (const variable of variables) known.add(variable)
    steps.push({ atom: form, via })
  }
  while (left.size > 0) {
    const byKey = find(left, (i) => [...(atoms[i] as PlannedAtom).keys].find((key) => known.has(key)))
    const byAny = byKey ?? find(left, (i) => {
      const { variables, entries } = atoms[i] as PlannedAtom
      return variables.find((variable) => known.has(variable) && entries.has(variable))
    })
    if (byAny) take(...byAny)
    else take([...left][0] as number, undefined)
  }
  return steps
}

function find(from: Iterable<number>, pick: (i: number) => number | undefined): [number, number] | undefined {
  for (const i of from) {
    const picked = pick(i)
    if (picked !== undefined) return [i, picked]
  }
  return undefined
}
