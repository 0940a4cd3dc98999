export function region(): string {
  return process.env.SHOP_REGION ?? 'nowhere'
}

export function isDebug(): boolean {
  return process.env.SHOP_DEBUG === 'yes'
}
