import AssayModel

/// Selects the images of a crash point to build: every one if they are few, otherwise the
/// systematic ones and then seeded samples.
///
/// Systematic: all lost, all kept, every prefix, one left out, one kept, per file all or none,
/// pairs. Source: facts/crash-model.md, "Enumerating crash images".
public struct ImageEnumerator {
  /// Rule that selects one image.
  private enum Recipe {
    case numbered(Int)
    case all
    case none
    case prefix(Int)
    case leaveOut(Int)
    case keepOnly(Int)
    case file(Int32, keeps: Bool)
    case pair(Int, Int)
    case sample
  }

  /// True if every image that the profile allows is built.
  public let isExhaustive: Bool
  /// Number of images, duplicates included.
  public var count: Int { recipes.count }

  /// Number of newest pieces that the systematic images vary one by one.
  private static let window = 32
  /// Maximum number of pieces for which every pair is lost and kept.
  private static let pairLimit = 16
  private static let probabilities = [0.1, 0.5, 0.9, 0.97]

  private let pieceCount: Int
  private let nameCount: Int
  private let namesAreOrdered: Bool
  private let allowsGarbage: Bool
  private var recipes: [Recipe] = []
  private var next = 0
  private var generator: SeededGenerator
  private let operations: [(piece: Int32, inode: Int32)]
  private let nameOperations: [Int32]
  private let files: [Int32]

  init(
    pieces: [Piece], names: [PendingName], settings: DiskSettings,
    bounds: ExploreSettings.ImageBounds, seed: Seed, newPieces: Int,
    hidden: (_ names: Int) -> [Bool]
  ) {
    pieceCount = pieces.count
    nameCount = names.count
    namesAreOrdered = settings.directory != .any
    allowsGarbage = settings.garbage || !settings.powersafeOverwrite
    operations = pieces.map { ($0.operation, $0.inode) }
    nameOperations = names.map(\.operation)
    var files: [Int32] = []
    for piece in pieces where !files.contains(piece.inode) { files.append(piece.inode) }
    self.files = files
    generator = SeededGenerator(seed)
    let outcomes = allowsGarbage ? 3 : 2
    let total = Self.combinations(
      pieces.count, outcomes, names: names.count, areOrdered: namesAreOrdered,
      limit: 1 << bounds.exhaust)
    if settings.claims.contains(.sequential) {
      isExhaustive = true
      recipes = (0...pieces.count + names.count).map { .prefix($0) }
    } else if let total {
      isExhaustive = true
      recipes = Self.every(
        pieces.count, outcomes, of: total, newPieces: min(newPieces, pieces.count), hidden
      ).map { .numbered($0) }
    } else {
      isExhaustive = false
      recipes = Self.systematic(pieces.count, files)
      recipes += Array(repeating: .sample, count: bounds.samples)
    }
  }

  /// Returns the number of images; `nil` if there are more than `limit`.
  private static func combinations(
    _ pieces: Int, _ outcomes: Int, names: Int, areOrdered: Bool, limit: Int
  ) -> Int? {
    var total = areOrdered ? names + 1 : 1
    for _ in 0..<(areOrdered ? 0 : names) {
      total *= 2
      if total > limit { return nil }
    }
    for _ in 0..<pieces {
      total *= outcomes
      if total > limit { return nil }
    }
    return total <= limit ? total : nil
  }

  /// Numbers the images: a digit for each piece, the oldest first, and above them the state of the
  /// names.
  ///
  /// A piece of a file without a name is not varied, because the result would be the same. The
  /// newest pieces change fastest, so that an image shares most of its pieces with the previous
  /// one.
  ///
  /// - Parameter newPieces: images without any of these are left out.
  private static func every(
    _ pieces: Int, _ outcomes: Int, of total: Int, newPieces: Int,
    _ hidden: (_ names: Int) -> [Bool]
  ) -> [Int] {
    var units = [1]
    for _ in 0..<pieces { units.append((units.last ?? 1) * outcomes) }
    var all: [Int] = []
    for names in 0..<total / units[pieces] {
      var numbers = [names * units[pieces]]
      let hidden = hidden(names)
      for piece in 0..<pieces where !hidden[piece] {
        let unit = units[piece]
        numbers = numbers.flatMap { number in (0..<outcomes).map { number + $0 * unit } }
      }
      all += numbers
    }
    guard newPieces > 0 else { return all }
    let unit = units[pieces - newPieces]
    return all.filter { $0 % units[pieces] / unit != 0 }
  }

  private static func systematic(_ count: Int, _ files: [Int32]) -> [Recipe] {
    let newest = max(0, count - window)..<count
    var recipes: [Recipe] = [.none, .all]
    recipes += newest.map { .prefix($0) }
    recipes += newest.map { .leaveOut($0) }
    recipes += newest.map { .keepOnly($0) }
    for file in files { recipes += [.file(file, keeps: true), .file(file, keeps: false)] }
    if count <= pairLimit {
      for first in 0..<count {
        recipes += (first + 1..<max(count, first + 1)).map { .pair(first, $0) }
      }
    }
    return recipes
  }

  /// Produces the next choice.
  ///
  /// - Parameter choice: one of this crash point, from `CrashImageBuilder.emptyChoice`.
  /// - Returns: `false` if there is none left.
  public mutating func next(_ choice: inout ImageChoice) -> Bool {
    guard next < recipes.count else { return false }
    let recipe = recipes[next]
    next += 1
    switch recipe {
    case .numbered(let number): choose(number, &choice)
    case .all: choose(&choice, names: nameCount) { _ in true }
    case .none: choose(&choice, names: 0) { _ in false }
    case .prefix(let length): choosePrefix(length, &choice)
    case .leaveOut(let left): choose(&choice, names: drawNames()) { $0 != left }
    case .keepOnly(let kept): choose(&choice, names: drawNames()) { $0 == kept }
    case .file(let file, let keeps):
      let operations = operations
      choose(&choice, names: drawNames()) { (operations[$0].inode == file) == keeps }
    case .pair(let first, let second):
      let keeps = generator.below(2) == 0
      choose(&choice, names: drawNames()) { ($0 == first || $0 == second) == keeps }
    case .sample: sample(&choice)
    }
    return true
  }

  private mutating func choose(
    _ choice: inout ImageChoice, names: Int, _ survives: (Int) -> Bool
  ) {
    for index in 0..<pieceCount { choice.setPiece(index, survives(index)) }
    chooseNames(names, &choice)
  }

  /// Draws a number of surviving name changes, each equally likely.
  private mutating func drawNames() -> Int { generator.below(nameCount + 1) }

  private mutating func chooseNames(_ count: Int, _ choice: inout ImageChoice) {
    guard !namesAreOrdered, count > 0, count < nameCount else {
      return choice.keepNames(prefix: count, of: nameCount)
    }
    for index in 0..<nameCount { choice.setName(index, generator.below(2) == 0) }
  }

  /// Sets the choice to the image with a given number in an exhaustive enumeration.
  private func choose(_ number: Int, _ choice: inout ImageChoice) {
    let rest: Int
    if allowsGarbage {
      rest = chooseWithGarbage(number, &choice)
    } else {
      choice.setPieces(UInt64(number & (1 << pieceCount - 1)))
      rest = number >> pieceCount
    }
    if namesAreOrdered {
      choice.keepNames(prefix: rest, of: nameCount)
    } else {
      for index in 0..<nameCount { choice.setName(index, rest >> index & 1 != 0) }
    }
  }

  /// - Returns: rest of the number, which encodes the names.
  private func chooseWithGarbage(_ number: Int, _ choice: inout ImageChoice) -> Int {
    var rest = number
    for index in 0..<pieceCount {
      switch rest % 3 {
      case 0: choice.setPiece(index, false)
      case 1: choice.setPiece(index, true)
      default: choice.setGarbage(index)
      }
      rest /= 3
    }
    return rest
  }

  /// Keeps the first pieces and name changes in the order of the log.
  private func choosePrefix(_ length: Int, _ choice: inout ImageChoice) {
    var piece = 0
    var name = 0
    for index in 0..<pieceCount { choice.setPiece(index, false) }
    choice.keepNames(prefix: 0, of: nameCount)
    while piece + name < length {
      let takesName =
        name < nameCount
        && (piece >= pieceCount || nameOperations[name] < operations[piece].piece)
      if takesName {
        choice.setName(name, true)
        name += 1
      } else if piece < pieceCount {
        choice.setPiece(piece, true)
        piece += 1
      } else {
        return
      }
    }
  }

  private mutating func sample(_ choice: inout ImageChoice) {
    let probability = Self.probabilities[generator.below(Self.probabilities.count)]
    for index in 0..<pieceCount {
      if generator.unit() < probability {
        choice.setPiece(index, true)
      } else if allowsGarbage, generator.below(2) == 0 {
        choice.setGarbage(index)
      } else {
        choice.setPiece(index, false)
      }
    }
    chooseNames(drawNames(), &choice)
  }
}
