import AssayModel
import Testing

@testable import FaultVFS

/// A profile of the device whose images are made in different ways.
struct ImageProfile: CustomTestStringConvertible, Sendable {
  var name: String
  var mode: String
  var synchronous: String
  var change: @Sendable (inout DiskSettings) -> Void = { _ in }

  var testDescription: String { "\(name), \(mode) \(synchronous)" }

  /// The log of the bank on such a device.
  var trial: CrashTrial {
    var settings = DiskSettings()
    change(&settings)
    return CrashTrial(mode: mode, synchronous: synchronous, settings: settings)
  }

  static let all = [
    ImageProfile(name: "plain", mode: "delete", synchronous: "normal"),
    ImageProfile(name: "plain", mode: "persist", synchronous: "full"),
    ImageProfile(name: "plain", mode: "wal", synchronous: "full"),
    ImageProfile(name: "journaled", mode: "truncate", synchronous: "normal") {
      $0.truncation = .journaled
    },
    ImageProfile(name: "safe append", mode: "wal", synchronous: "off") {
      $0.claims = [.safeAppend]
    },
    ImageProfile(name: "garbage", mode: "delete", synchronous: "full") { $0.garbage = true },
    ImageProfile(name: "names in any order", mode: "delete", synchronous: "full") {
      $0.directory = .any
      $0.powersafeOverwrite = false
    },
  ]
}

extension SimulatedDiskTests {
  /// Images share the work of the image before, and some are left out because they are others'
  /// equals: neither may change what is found.
  @Suite("Sharing between crash images")
  struct CrashImageSharing {
    @Test(
      "An image made after others has the bytes and the hash of one that is made alone",
      arguments: ImageProfile.all)
    func sharingChangesNothing(profile: ImageProfile) {
      let trial = profile.trial
      let source = trial.run().0
      let builder = CrashImageBuilder(source, settings: trial.settings)
      var generator = SeededGenerator(Seed(3))
      var compared = 0
      while builder.advance() {
        guard builder.position % 7 == 0, builder.pendingCount > 2 else { continue }
        var images = builder.images(.init(), seed: Seed(UInt64(builder.position)))
        var choice = builder.emptyChoice
        while images.next(&choice) {
          let hash = builder.make(choice)
          defer { builder.reset() }
          // Recovery writes over what was made; here it stands for that.
          defer { builder.scribble() }
          guard generator.below(20) == 0 else { continue }
          let fresh = builder.copy(of: source, settings: trial.settings)
          #expect(fresh.make(choice) == hash)
          #expect(fresh.contents == builder.contents)
          compared += 1
        }
      }
      #expect(compared > 20)
    }

    @Test(
      "Files that no name leads to are not varied, and no image is missed",
      arguments: ImageProfile.all
    )
    func hiddenPiecesAreNotVaried(profile: ImageProfile) {
      let trial = profile.trial
      let builder = CrashImageBuilder(trial.run().0, settings: trial.settings)
      let hasGarbage = trial.settings.garbage || !trial.settings.powersafeOverwrite
      var enumerated = 0
      var made = 0
      while builder.advance() {
        guard builder.position % 5 == 0 else { continue }
        var images = builder.images(.init(), seed: Seed(1))
        guard images.isExhaustive, builder.pieces.count <= (hasGarbage ? 4 : 8) else { continue }
        var found: Set<ImageHash> = []
        var choice = builder.emptyChoice
        while images.next(&choice) {
          found.insert(builder.make(choice))
          builder.reset()
          enumerated += 1
        }
        let every = builder.everyHash(outcomes: hasGarbage ? 3 : 2)
        made += every.made
        #expect(found == every.hashes, "position \(builder.position)")
      }
      #expect(enumerated > 50 && enumerated <= made)
      if profile.mode == "delete" { #expect(enumerated < made) }
    }

    @Test("Two images have the same hash exactly when their files have the same bytes")
    func hashesTellImagesApart() {
      let trial = CrashTrial(mode: "delete", synchronous: "normal")
      let builder = CrashImageBuilder(trial.run().0, settings: trial.settings)
      var contents: [ImageHash: [String: [UInt8]]] = [:]
      var repeated = 0
      while builder.advance() {
        guard builder.position % 17 == 0 else { continue }
        var images = builder.images(.init(), seed: Seed(1))
        var choice = builder.emptyChoice
        for _ in 0..<60 where images.next(&choice) {
          let hash = builder.make(choice)
          defer { builder.reset() }
          if let known = contents[hash] {
            repeated += 1
            #expect(known == builder.contents)
          } else {
            contents[hash] = builder.contents
          }
        }
      }
      #expect(Set(contents.values).count == contents.count)
      #expect(contents.count > 100 && repeated > 10)
    }
  }
}

extension CrashImageBuilder {
  /// The files of the image, by path.
  var contents: [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for number in 0..<disk.nameCount {
      if let inode = disk.inode(ofName: number) {
        contents[disk.path(ofName: Int32(number))] = inode.content
      }
    }
    return contents
  }

  /// Another builder at the same crash point, with nothing made yet.
  func copy(of source: SimulatedDisk, settings: DiskSettings) -> CrashImageBuilder {
    let copy = CrashImageBuilder(source, settings: settings)
    while copy.position < position { _ = copy.advance() }
    return copy
  }

  /// Changes the image as recovery might: writes, cuts and removes files.
  func scribble() {
    for number in 0..<disk.nameCount {
      guard let inode = disk.inode(ofName: number) else { continue }
      let bytes = [UInt8](repeating: 0xa5, count: 700)
      unsafe bytes.withUnsafeBytes { bytes in
        guard let address = bytes.baseAddress else { return }
        unsafe disk.write(inode, address, count: 700, at: 300, isNamed: false)
      }
      if number % 2 == 0 { disk.truncate(inode, to: inode.count / 2, isNamed: false) }
      if number % 2 == 1 { disk.setName(Int32(number), inode: -1) }
    }
  }

  /// The hashes of all images of this crash point, made one by one from the definition.
  func everyHash(outcomes: Int) -> (hashes: Set<ImageHash>, made: Int) {
    let nameSets = settings.directory == .any ? 1 << names.count : names.count + 1
    var hashes: Set<ImageHash> = []
    var made = 0
    for nameSet in 0..<nameSets {
      var digits = [Int](repeating: 0, count: pieces.count)
      repeat {
        var choice = emptyChoice
        for (index, digit) in digits.enumerated() {
          if digit == 2 { choice.setGarbage(index) } else { choice.setPiece(index, digit == 1) }
        }
        for index in names.indices {
          choice.setName(
            index, settings.directory == .any ? nameSet >> index & 1 == 1 : index < nameSet)
        }
        hashes.insert(make(choice))
        reset()
        made += 1
      } while Self.count(up: &digits, base: outcomes)
    }
    return (hashes, made)
  }

  /// Counts up; returns whether there was a next number.
  private static func count(up digits: inout [Int], base: Int) -> Bool {
    for index in digits.indices {
      digits[index] += 1
      if digits[index] < base { return true }
      digits[index] = 0
    }
    return false
  }
}
