export interface Rates { readonly eur: number; readonly usd: number; readonly gbp: number }
export interface Item { readonly name: string; readonly price: number; readonly count: number }
export type Step = (x: number) => number
