public enum SchemaSQL { public static let x: [UInt8] = PackageResources.m0001_registry_sql }
