/** What a function noted of its call, by name: counts, costs, the model that answered. Never part of a call's identity. */
export type Notes = Readonly<Record<string, number | string>>
