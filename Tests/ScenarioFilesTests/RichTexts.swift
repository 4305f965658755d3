/// Scenarios that use every section below SQLite, for tests that damage them or read them twice.
enum RichTexts {
  /// The simulated world with a disk that lies.
  static let simulated = """
    name: lying-disk
    question: What does a disk that lies cost?
    tags: [crash]
    world: simulated
    storage: { journal_mode: wal, synchronous: full }
    disk:
      sync: barrier
      sync_files: [wal, journal]
      latency: { sync: 8ms, write: 100us }
      sector_size: 4096
      powersafe_overwrite: false
      claims: [atomic4k, safe_append]
      truncation: journaled
      directory: any
      garbage: true
    explore:
      crashes: power-loss
      strategy: pct
      schedules: 500
      budget: 60s
      minimum: 10000
      images: { exhaust: 12, samples: 40, recovery: 4 }
    matrix:
      disk.sync: [honest, ignored]
      explore.crashes: [process, power-loss]
      inject: [true, false]
    load:
      workload: mixed
      processes: 3
      writers: 2
      operations: 20
      mix: { own: 4, counter: 3, several: 2, read: 2, checkpoint: 1, think: 1 }
    faults:
      - { kill: random, operation: 7, method: write, file: database, moment: middle }
      - { io_error: all, probability: 0.01, method: sync, lasts: forever }
      - { fsync_error: 0, operation: 3, file: database, drop: true }
      - { disk_full: all, after: 2 MiB, for: 1s }
      - { tamper: copy, at: 1s, file: database }
    expect:
      consistency: valid
      durability:
        - { is: may_violate, when: { explore.crashes: power-loss, disk.sync: ignored } }
        - { is: valid }
      error_handling: { is: valid, when: { inject: true } }
      progress: valid

    """

  /// The real world with the user's own SQL.
  static let sql = """
    name: own-sql
    question: Does the total stay?
    disk: { sync: 8ms, read: 50us }
    probe: times
    load:
      workload: sql
      duration: 1s
      setup:
        - CREATE TABLE t(id INTEGER PRIMARY KEY, v, p)
        - "INSERT INTO t SELECT value, 0, '' FROM generate_series(1, 24)"
      transactions:
        - name: update
          weight: 3
          begin: immediate
          statements:
            - UPDATE t SET v = :v, p = :p WHERE id = :id
            - INSERT INTO t VALUES (:k, :t, :n)
          parameters:
            id: { uniform: [1, 24] }
            v: nonce
            p: { blob: 300 }
            k: { zipfian: 1000 }
            t: { text: 20 }
            n: 5
        - statements: DELETE FROM t WHERE id > 24
      invariants:
        - { query: SELECT count(*) >= 24 FROM t, equals: 1 }
        - { query: SELECT max(q) FROM u, equals: null }
    faults:
      - { io_error: all, at: 200ms, method: read, for: 100ms }
    expect: { invariants: valid, integrity: valid }

    """
}
