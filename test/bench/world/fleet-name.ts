/** `biz-00042`: names that sort as they count. */
export function fleetName(prefix: string, index: number): string {
  return `${prefix}-${String(index).padStart(5, '0')}`;
}
