import type { BrakeSettings } from "../../modules/meta-catalog/catalogs/catalogs"

/**
 * Whether so many selling items would become unavailable at once that it looks like an accident (a wrong link, an emptied
 * location) rather than trade. Sell-outs from inventory and reservation events never come here.
 */
export function isMassChange(settings: BrakeSettings | undefined, { selling, unavailable }: { selling: number; unavailable: number }): boolean {
  if (!settings || settings.isReleased || unavailable < settings.minimumItems) {
    return false
  }
  return unavailable * 100 > selling * settings.sharePercent
}
