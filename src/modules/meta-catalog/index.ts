import { Module } from "@medusajs/framework/utils"
import { MetaCatalogModuleService } from "./service"

/** Key under which the module is registered in the container. */
export const META_CATALOG_MODULE = "meta_catalog"

export default Module(META_CATALOG_MODULE, { service: MetaCatalogModuleService })
