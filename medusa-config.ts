import { defineConfig, loadEnv } from "@medusajs/framework/utils"

loadEnv(process.env.NODE_ENV ?? "development", process.cwd())

const redisUrl = process.env.REDIS_URL
const fileDirectory = process.env.FILE_DIR
const backendUrl = process.env.MEDUSA_BACKEND_URL ?? "http://localhost:9000"

/** A bucket where one is named, else a folder; Medusa's default is the folder `static`. */
const fileProvider = process.env.S3_BUCKET
  ? {
      resolve: "@medusajs/medusa/file-s3",
      id: "s3",
      options: {
        bucket: process.env.S3_BUCKET,
        prefix: process.env.S3_PREFIX,
        endpoint: process.env.S3_ENDPOINT,
        region: process.env.S3_REGION,
        file_url: process.env.S3_FILE_URL,
        access_key_id: process.env.S3_ACCESS_KEY_ID,
        secret_access_key: process.env.S3_SECRET_ACCESS_KEY,
        additional_client_config: { forcePathStyle: true },
      },
    }
  : fileDirectory
    ? {
        resolve: "@medusajs/medusa/file-local",
        id: "local",
        options: { upload_dir: fileDirectory, private_upload_dir: fileDirectory, backend_url: `${backendUrl}/static` },
      }
    : undefined

/**
 * The store the plugin is developed, tested and demonstrated in. The plugin's own `src` is loaded as the project, so
 * its module is listed here instead of in `plugins` (an installed plugin is listed there, see README).
 */
module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    redisUrl,
    http: {
      storeCors: process.env.STORE_CORS ?? "http://localhost:8000",
      adminCors: process.env.ADMIN_CORS ?? "http://localhost:9000",
      authCors: process.env.AUTH_CORS ?? "http://localhost:9000",
      jwtSecret: process.env.JWT_SECRET ?? "development-only",
      cookieSecret: process.env.COOKIE_SECRET ?? "development-only",
    },
  },
  admin: { disable: process.env.DISABLE_MEDUSA_ADMIN === "true" },
  modules: [
    {
      resolve: "./src/modules/meta-catalog",
      options: {
        graphUrl: process.env.META_GRAPH_URL,
        encryptionKey: process.env.META_CATALOG_ENCRYPTION_KEY,
        publicUrl: process.env.MEDUSA_BACKEND_URL,
        pushDelayMs: process.env.META_CATALOG_PUSH_DELAY_MS && Number(process.env.META_CATALOG_PUSH_DELAY_MS),
        // A file that exports a `mapItem`; a store writes the function here.
        mapItem: process.env.META_CATALOG_MAP_ITEM && require(process.env.META_CATALOG_MAP_ITEM).mapItem,
      },
    },
    ...(fileProvider ? [{ resolve: "@medusajs/medusa/file", options: { providers: [fileProvider] } }] : []),
    ...(process.env.MEDUSA_FF_TRANSLATION === "true" ? [{ resolve: "@medusajs/medusa/translation" }] : []),
    ...(redisUrl
      ? [
          { resolve: "@medusajs/medusa/event-bus-redis", options: { redisUrl } },
          { resolve: "@medusajs/medusa/workflow-engine-redis", options: { redis: { redisUrl } } },
          {
            resolve: "@medusajs/medusa/locking",
            options: {
              providers: [{ resolve: "@medusajs/medusa/locking-redis", id: "locking-redis", is_default: true, options: { redisUrl } }],
            },
          },
        ]
      : []),
  ],
})
