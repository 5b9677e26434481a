import { MedusaService } from "@medusajs/framework/utils"
import { Batch, Catalog, Feed, Fetch, Issue, Item, ItemRow, Snapshot, Upload } from "./models"

export class MetaCatalogModuleService extends MedusaService({ Batch, Catalog, Feed, Fetch, Issue, Item, ItemRow, Snapshot, Upload }) {}
