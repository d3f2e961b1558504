export { BadCertificate, type Certificate, type CertificateFiles, readCertificate } from './certificate.ts'
export { type CertificateWatch, type WatchOptions, watchCertificate } from './certificate-watch.ts'
export { type Clock, createManualClock, type ManualClock, systemClock, type Timer } from './clock.ts'
export { nearest } from './config/nearest.ts'
export type { Config } from './config/schema.ts'
export { type DataFolder, type DataFolderOptions, type Holding, openDataFolder } from './data-folder.ts'
export {
  BadSetting,
  DataFolderLocked,
  DataFolderNotWritable,
  PortInUse,
  type SettingFault,
  UserFault,
} from './fault.ts'
export { defineFeature, type Feature, type SpecClaim } from './feature.ts'
export { type Health, type HealthAddress, startHealth } from './health.ts'
export { ageOf, createHops, during, type Hop, type Hopping, type Hops } from './hops.ts'
export { createLifecycle, type Lifecycle, type LifecycleOptions, type Service, StopDeadline } from './lifecycle.ts'
export { type ListenAddress, listen } from './listen.ts'
export { createLog, type Log, type LogLine, type LogTarget } from './log.ts'
export { putLoopFirst } from './loop-first.ts'
export { COUNTS, type Count, createMetrics, type Metrics, type Reading, SECONDS } from './metrics.ts'
export { dropOldest } from './oldest.ts'
export { isCode, readIfThere, writePrivate } from './private-file.ts'
export { createReadiness, type Readiness } from './readiness.ts'
export { Secret } from './secret.ts'
export { ensureSelfSigned } from './self-signed.ts'
export { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts'
