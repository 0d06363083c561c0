// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "bellwether",
  products: [
    .executable(name: "bellwetherd", targets: ["bellwetherd"]),
    .executable(name: "bellwether", targets: ["bellwether"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // C libraries of the system.
    .systemLibrary(
      name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    // Comes with libpq-dev.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    // Debian's package has no file for pkg-config.
    .systemLibrary(name: "CCaDiCaL", providers: [.apt(["libcadical-dev"])]),
    // Calls of the GNU C library that Swift's Glibc module leaves out.
    .systemLibrary(name: "CLinux"),

    // What tests speak TLS with.
    .systemLibrary(
      name: "CSSL", path: "Tests/CSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),

    // Pure targets.
    .target(name: "Domain", swiftSettings: strict),
    .target(name: "Matching", dependencies: ["Domain"], swiftSettings: strict),
    .testTarget(
      name: "MatchingTests", dependencies: ["Domain", "Matching"], swiftSettings: strict),
    .target(name: "Planning", dependencies: ["Domain", "CCaDiCaL"], swiftSettings: strict),
    .testTarget(name: "PlanningTests", dependencies: ["Domain", "Planning"], swiftSettings: strict),
    .target(name: "Documents", dependencies: ["Domain"], swiftSettings: strict),
    .testTarget(name: "DocumentsTests", dependencies: ["Domain", "Documents"], swiftSettings: strict),
    .target(name: "Wire", dependencies: ["Domain"], swiftSettings: strict),

    // The daemon.
    .target(
      name: "SchemaSQL", path: "sql", exclude: ["schema.sql"],
      resources: [.embedInCode("migrations")], swiftSettings: strict),
    .target(
      name: "Store",
      dependencies: [
        "Domain", "Matching", "SchemaSQL", "CCrypto", "CLibPQ", "CLinux",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .target(
      name: "Operations",
      dependencies: [
        "Documents", "Domain", "Matching", "Planning", "Wire", "Store", "CLinux",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .target(
      name: "LineServer",
      dependencies: [
        "CCrypto", "Domain", "Wire", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
    .target(name: "Settings", dependencies: ["Domain", "CYAML"], swiftSettings: strict),
    .executableTarget(
      name: "bellwetherd",
      dependencies: [
        "Domain", "Operations", "LineServer", "Settings", "Store",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: strict),

    // The client.
    .target(
      name: "Terminal",
      dependencies: [
        "Wire", "CEdit", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
    .executableTarget(name: "bellwether", dependencies: ["Terminal"], swiftSettings: strict),

    // Measured by the scripts in Benchmarks.
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["Domain", "Matching", "Store"], path: "Benchmarks/Kernel",
      swiftSettings: strict),
    .executableTarget(
      name: "introductions-benchmark", dependencies: ["Domain", "Matching", "Store"],
      path: "Benchmarks/Introductions", swiftSettings: strict),
    .executableTarget(
      name: "roadshow-benchmark", dependencies: ["Domain", "Planning"], path: "Benchmarks/Roadshow",
      swiftSettings: strict),
    .executableTarget(
      name: "load-generator", dependencies: ["CLinux"], path: "Benchmarks/LoadGenerator",
      swiftSettings: strict),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["Domain", "Store"], path: "Tests/TestSupport", swiftSettings: strict
    ),
    .testTarget(
      name: "StoreTests", dependencies: ["Domain", "Store", "SchemaSQL", "TestSupport"], swiftSettings: strict
    ),
    .testTarget(
      name: "SystemTests",
      dependencies: ["CSSL", "Domain", "Wire", "Store", "TestSupport", "bellwetherd", "bellwether"],
      exclude: ["Transcripts"], swiftSettings: strict),
    .testTarget(name: "WireTests", dependencies: ["Domain", "Wire"], swiftSettings: strict),
    .testTarget(
      name: "OperationsTests", dependencies: ["Domain", "Matching", "Operations", "Wire"],
      swiftSettings: strict),
    .testTarget(name: "DomainTests", dependencies: ["Domain", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "DaemonTests", dependencies: ["bellwetherd"], swiftSettings: strict),
    .testTarget(name: "SettingsTests", dependencies: ["Settings"], swiftSettings: strict),
    .testTarget(
      name: "LineServerTests",
      dependencies: [
        "Domain", "LineServer", "Wire", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ], swiftSettings: strict),
    .testTarget(
      name: "TerminalTests", dependencies: ["Terminal", "bellwether", "Domain", "Wire"],
      swiftSettings: strict),
  ]
)
