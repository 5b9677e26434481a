// MikroORM keeps entity metadata per process; without this a second suite in one process sees the first suite's models.
const { MetadataStorage } = require("@medusajs/framework/mikro-orm/core")

MetadataStorage.clear()
