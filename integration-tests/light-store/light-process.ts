import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { MedusaApp, MedusaModule } from "@medusajs/framework/modules-sdk"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, createMedusaContainer, createPgConnection, Modules } from "@medusajs/framework/utils"
import { asValue } from "@medusajs/framework/awilix"
import { join } from "node:path"
import type { MetaCatalogModuleService } from "../../src/modules/meta-catalog/service"
import { META_CATALOG_MODULE } from "../../src/modules/meta-catalog"

/** Where a light store stands. */
export type LightPlace = { databaseUrl: string; graphUrl: string; publicUrl: string; fileDirectory: string; pushDelayMs: number }

/** What Medusa gives the plugin in a real process, as far as its work at Meta needs it. */
export type LightProcess = { container: MedusaContainer; module: MetaCatalogModuleService; knex: Knex }

/** Medusa's own modules beside the plugin's; one set serves any number of light processes. */
export type CoreModules = Record<string, unknown>

const ENCRYPTION_KEY = "for tests only, never for a real store"

/** Warnings and information would bury a report of hundreds of schedules; what is decided stands in the database. */
const quiet = { info() {}, warn() {}, error() {}, debug() {}, log() {}, shouldLog: () => false }

/** Boots the modules of Medusa that the plugin asks: files and prices. */
export async function bootCore({ databaseUrl, fileDirectory, publicUrl }: LightPlace): Promise<CoreModules> {
  const file = {
    resolve: "@medusajs/medusa/file",
    options: {
      providers: [
        {
          resolve: "@medusajs/medusa/file-local",
          id: "local",
          options: { upload_dir: fileDirectory, private_upload_dir: fileDirectory, backend_url: `${publicUrl}/static` },
        },
      ],
    },
  }
  const modules = await boot(connect(databaseUrl), { [Modules.PRICING]: { resolve: "@medusajs/medusa/pricing" }, [Modules.FILE]: file })
  return { [Modules.PRICING]: modules[Modules.PRICING], [Modules.FILE]: modules[Modules.FILE] }
}

/** Boots the plugin's real module on a connection pool of its own: what one process of the store would have. Takes some 30 ms. */
export async function bootLightProcess(place: LightPlace, core: CoreModules, knex = connect(place.databaseUrl)): Promise<LightProcess> {
  const options = { encryptionKey: ENCRYPTION_KEY, graphUrl: place.graphUrl, publicUrl: place.publicUrl, pushDelayMs: place.pushDelayMs }
  const modules = await boot(knex, { [META_CATALOG_MODULE]: { resolve: join(__dirname, "..", "..", "src", "modules", "meta-catalog"), options } })
  const module = modules[META_CATALOG_MODULE] as MetaCatalogModuleService
  const container = createMedusaContainer()
  const registered = {
    ...core,
    [META_CATALOG_MODULE]: module,
    [ContainerRegistrationKeys.PG_CONNECTION]: knex,
    [ContainerRegistrationKeys.LOGGER]: quiet,
    [ContainerRegistrationKeys.CONFIG_MODULE]: { projectConfig: { workerMode: "shared" } },
  }
  container.register(Object.fromEntries(Object.entries(registered).map(([name, value]) => [name, asValue(value)])))
  return { container, module, knex }
}

/** A pool that opens connections as they are needed. */
export function connect(databaseUrl: string): Knex {
  return createPgConnection({ clientUrl: databaseUrl, pool: { min: 0, max: 4 } } as Parameters<typeof createPgConnection>[0]) as unknown as Knex
}

let booting: Promise<unknown> = Promise.resolve()

/** One boot at a time: Medusa keeps one instance of a module per process, and here several live side by side. */
async function boot(knex: Knex, modulesConfig: Record<string, unknown>): Promise<Record<string, unknown>> {
  const booted = booting.then(() => {
    MedusaModule.clearInstances()
    return MedusaApp({
      modulesConfig: modulesConfig as NonNullable<Parameters<typeof MedusaApp>[0]>["modulesConfig"],
      injectedDependencies: { [ContainerRegistrationKeys.PG_CONNECTION]: knex, [ContainerRegistrationKeys.LOGGER]: quiet } as never,
    })
  })
  booting = booted.catch(() => undefined)
  return (await booted).modules as unknown as Record<string, unknown>
}
