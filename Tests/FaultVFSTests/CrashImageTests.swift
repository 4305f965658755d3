import AssayModel
import CSQLite
import FaultVFS
import Testing

/// A small bank whose transactions are numbered, and the images of its log.
struct CrashTrial {
  static let accounts = 24
  static let transactions = 14

  let mode: String
  let synchronous: String
  var settings = DiskSettings()

  /// What was found in all images.
  struct Found {
    var images = 0
    var distinct = 0
    var inconsistent = 0
    var lost = 0
    var exhausted = 0
    var points = 0
  }

  /// Runs the bank with a log; returns the disk and the log position of each acknowledgement.
  func run() -> (SimulatedDisk, [Int]) {
    let disk = SimulatedDisk(settings: settings, seed: Seed(5))
    var acknowledged = [0]
    onDisk(disk) { disk in
      let connection = RawConnection()
      connection.execute(
        """
        PRAGMA page_size=1024; PRAGMA journal_mode=\(mode); PRAGMA synchronous=\(synchronous);
        PRAGMA wal_autocheckpoint=20;
        CREATE TABLE a(id INTEGER PRIMARY KEY, b INT, p BLOB);
        CREATE INDEX ab ON a(b, id);
        CREATE TABLE l(n INTEGER PRIMARY KEY);
        WITH s(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM s WHERE i<24)
          INSERT INTO a SELECT i, 100, randomblob(300) FROM s;
        """)
      disk.beginLog()
      var generator = SeededGenerator(Seed(11))
      for number in 1...Self.transactions {
        let from = generator.below(Self.accounts) + 1
        let to = generator.below(Self.accounts) + 1
        connection.execute(
          """
          BEGIN; UPDATE a SET b=b-\(number), p=randomblob(300) WHERE id=\(from);
          UPDATE a SET b=b+\(number), p=randomblob(\(200 + number * 9)) WHERE id=\(to);
          INSERT INTO l VALUES(\(number)); COMMIT;
          """)
        acknowledged.append(disk.log.position)
      }
      disk.endLog()
    }
    return (disk, acknowledged)
  }

  /// Opens the image and looks at its content: the number of transactions in it, or -1.
  static func recover() -> Int {
    let connection = RawConnection()
    connection.keepLogAtClose()
    guard connection.value("PRAGMA integrity_check(1)") == "ok",
      connection.value("SELECT sum(b) FROM a") == "2400"
    else { return -1 }
    let count = connection.value("SELECT count(*) FROM l")
    guard count == connection.value("SELECT ifnull(max(n), 0) FROM l") else { return -1 }
    return Int(count) ?? -1
  }

  /// - Parameter every: looks at each crash point whose position this number divides.
  func explore(
    _ crashes: ExploreSettings.Crashes, samples: Int = 10, exhaust: Int = 4, every: Int = 1
  ) -> Found {
    let (source, acknowledged) = run()
    let builder = CrashImageBuilder(source, settings: settings)
    var bounds = ExploreSettings.ImageBounds()
    bounds.samples = samples
    bounds.exhaust = exhaust
    var seen: [ImageHash: Int] = [:]
    var found = Found()
    onDisk(builder.disk) { _ in
      repeat {
        guard builder.position % every == 0 else { continue }
        found.points += 1
        let due = (acknowledged.lastIndex { $0 <= builder.position }) ?? 0
        var images = builder.images(bounds, seed: Seed(UInt64(builder.position)))
        if images.isExhaustive { found.exhausted += 1 }
        var choice = builder.emptyChoice
        var isFirst = true
        while crashes == .process ? isFirst : images.next(&choice) {
          if crashes == .process { choice = builder.completeChoice }
          isFirst = false
          found.images += 1
          let hash = builder.make(choice)
          let state = seen[hash] ?? Self.recover()
          builder.reset()
          if seen.updateValue(state, forKey: hash) == nil { found.distinct += 1 }
          if state < 0 || state > due + 1 {
            found.inconsistent += 1
          } else if state < due {
            found.lost += 1
          }
        }
      } while builder.advance()
    }
    return found
  }
}

extension SimulatedDiskTests {
  @Suite("Crash images")
  struct CrashImages {
    @Test(
      "What SQLite promises at a power loss holds on every image",
      arguments: [
        ("delete", "extra"), ("truncate", "full"), ("persist", "full"), ("wal", "full"),
        ("truncate", "extra"), ("persist", "extra"), ("wal", "extra"),
      ])
    func promisesHold(mode: String, synchronous: String) {
      let found = CrashTrial(mode: mode, synchronous: synchronous).explore(.powerLoss, every: 13)
      #expect(found.inconsistent == 0 && found.lost == 0, "\(found)")
      #expect(found.distinct > 50, "\(found)")
    }

    @Test("WAL with NORMAL stays consistent and loses acknowledged commits at a power loss")
    func normalLosesCommits() {
      let found = CrashTrial(mode: "wal", synchronous: "normal").explore(.powerLoss, every: 7)
      #expect(found.inconsistent == 0 && found.lost > 0, "\(found)")
    }

    @Test("DELETE with FULL may lose the last commit, since the directory is not synced")
    func deleteLosesTheLast() {
      let found = CrashTrial(mode: "delete", synchronous: "full").explore(.powerLoss, every: 7)
      #expect(found.inconsistent == 0 && found.lost > 0, "\(found)")
    }

    @Test("Without syncs a power loss leaves inconsistent images", arguments: ["delete", "wal"])
    func offIsInconsistent(mode: String) {
      let found = CrashTrial(mode: mode, synchronous: "off").explore(.powerLoss, every: 61)
      #expect(found.inconsistent > 0 && found.lost > 0, "\(found)")
    }

    @Test("A disk that ignores syncs breaks what FULL promises")
    func ignoredSyncsBreak() {
      var trial = CrashTrial(mode: "delete", synchronous: "extra")
      trial.settings.sync = .ignored
      let found = trial.explore(.powerLoss, every: 61)
      #expect(found.inconsistent > 0 && found.lost > 0, "\(found)")
    }

    @Test("A disk that ignores the journal's syncs only breaks what FULL promises")
    func ignoredJournalSyncsBreak() {
      var trial = CrashTrial(mode: "delete", synchronous: "extra")
      trial.settings.sync = .ignored
      trial.settings.syncFiles = [.journal]
      #expect(trial.explore(.powerLoss, every: 53).inconsistent > 0)
    }

    @Test("A directory that is never synced loses the journal that a rollback needs")
    func lostDirectoryEntriesBreak() {
      var trial = CrashTrial(mode: "delete", synchronous: "extra")
      trial.settings.directory = .never
      #expect(trial.explore(.powerLoss, every: 11).inconsistent > 0)
    }

    @Test(
      "The crash of a process alone loses nothing, whatever is synced",
      arguments: ["delete", "truncate", "persist", "wal"])
    func processCrashIsHarmless(mode: String) {
      let found = CrashTrial(mode: mode, synchronous: "off").explore(.process, every: 3)
      #expect(found.inconsistent == 0 && found.lost == 0, "\(found)")
    }

    @Test("The crash of a process without a journal breaks the transaction that was under way")
    func processCrashWithoutJournal() {
      #expect(CrashTrial(mode: "off", synchronous: "full").explore(.process).inconsistent > 0)
    }

    @Test("A named image is made again with the same bytes from the same log")
    func namesAreExact() {
      let trial = CrashTrial(mode: "delete", synchronous: "normal")
      let (source, _) = trial.run()
      let builder = CrashImageBuilder(source, settings: trial.settings)
      var named: [(CrashImage, ImageHash)] = []
      while builder.advance() {
        guard builder.position % 40 == 0 else { continue }
        var images = builder.images(.init(), seed: Seed(1))
        var choice = builder.emptyChoice
        for _ in 0..<9 where images.next(&choice) {
          named.append((builder.name(of: choice), builder.make(choice)))
          builder.reset()
        }
      }
      #expect(named.count > 30)
      for (image, hash) in named {
        let again = CrashImageBuilder(trial.run().0, settings: trial.settings)
        let choice = again.find(image)
        #expect(choice.map { again.make($0) } == hash)
      }
    }
  }
}
