import AssayModel

/// Selection of candidates to measure: the part of the space that is screened, the racing
/// candidates, and the neighbours that the local search tries.
enum TuneDesign {
  /// Returns the indices of a balanced part of the candidates, the default first: twice as many as
  /// the model has terms (at least 12), with each pair of values of two knobs about equally often,
  /// so that the effects of two knobs can be told apart.
  ///
  /// Source: orthogonal arrays of strength two, built greedily; Montgomery, "Design and Analysis of
  /// Experiments", 8.
  static func choose(_ plan: TunePlan) -> [Int] {
    let values = numbered(plan)
    let kinds = values.knobs.map(\.count)
    let wanted = min(plan.space.count, max(12, 2 * (1 + kinds.reduce(0) { $0 + $1 - 1 })))
    var generator = SeededGenerator(plan.seed.derived("design"))
    var left = plan.space.filter { $0 != plan.incumbent }
    left.shuffle(using: &generator)
    var seen = [Int](repeating: 0, count: values.pairs)
    var chosen = [plan.incumbent]
    for pair in values.pairs(of: plan.incumbent) { seen[pair] += 1 }
    while chosen.count < wanted {
      // Takes the candidate with the rarest pairs so far; of equals the first in the shuffled
      // order.
      let costs = left.map { place in values.pairs(of: place).reduce(0) { $0 + seen[$1] } }
      guard let least = costs.min(), let place = costs.firstIndex(of: least) else { break }
      let next = left.remove(at: place)
      for pair in values.pairs(of: next) { seen[pair] += 1 }
      chosen.append(next)
    }
    return chosen
  }

  /// Candidates with integers in place of value names.
  private struct Numbered {
    /// The values of each knob.
    var knobs: [[String]]
    /// Number of each candidate's value, numbered across all knobs.
    var rows: [[Int]]

    /// Number of pairs of values.
    var pairs: Int {
      let all = knobs.reduce(0) { $0 + $1.count }
      return all * all
    }

    /// Returns the pairs of values in a candidate, including each value with itself.
    func pairs(of candidate: Int) -> [Int] {
      let all = knobs.reduce(0) { $0 + $1.count }
      let row = rows[candidate]
      return row.indices.flatMap { first in
        row[first...].map { row[first] * all + $0 }
      }
    }
  }

  private static func numbered(_ plan: TunePlan) -> Numbered {
    let candidates = plan.candidates
    let names = candidates[0].knobs
    let knobs = names.map { name in
      Set(plan.space.compactMap { candidates[$0].settings[name] }).sorted()
    }
    var numbers: [[String: Int]] = []
    var first = 0
    for values in knobs {
      numbers.append(
        Dictionary(
          uniqueKeysWithValues: values.enumerated().map { ($0.element, first + $0.offset) }))
      first += values.count
    }
    let rows = candidates.map { candidate in
      names.enumerated().map { numbers[$0.offset][candidate.settings[$0.element] ?? ""] ?? 0 }
    }
    return Numbered(knobs: knobs, rows: rows)
  }

  /// Returns the candidates that race after a screening: the best by the model, and the best of the
  /// measured ones. Of candidates that differ in inert knobs only, the one nearest to the default.
  static func finalists(_ plan: TunePlan, _ effects: MainEffects?, _ board: TuneBoard) -> [Int] {
    let measured = plan.candidates.indices.filter { $0 != plan.incumbent && !board.isOut($0) }
      .compactMap { place in board.screened(place).map { (place, $0) } }
      .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }.map(\.0)
    let room = plan.effort.racing
    guard let effects else { return Array(measured.prefix(room)) }
    let predicted = ranked(plan.space, plan, effects, board)
    let fromModel = predicted.prefix(max(1, room * 2 / 3))
    var finalists = Array(fromModel)
    for place in measured + predicted where finalists.count < room && !finalists.contains(place) {
      finalists.append(place)
    }
    return finalists
  }

  /// Returns neighbours of a candidate that have not raced yet, the most promising first.
  static func neighbours(
    of leader: Int, _ plan: TunePlan, _ effects: MainEffects?, _ board: TuneBoard
  ) -> [Int] {
    let best = plan.candidates[leader]
    let near = plan.space.filter { place in
      place != plan.incumbent && plan.candidates[place].differences(from: best).count == 1
        && board.score(place) == nil
    }
    let order = effects.map { effects in
      near.filter { !board.isOut($0) }.sorted {
        let (one, other) = (
          effects.predicted(plan.candidates[$0]), effects.predicted(plan.candidates[$1])
        )
        return one != other ? one > other : $0 < $1
      }
    }
    return Array((order ?? near.filter { !board.isOut($0) }).prefix(plan.effort.neighbours))
  }

  private static func ranked(
    _ places: [Int], _ plan: TunePlan, _ effects: MainEffects, _ board: TuneBoard
  ) -> [Int] {
    let inert = Set(effects.inert(bound: 0.02))
    let fallback = plan.candidates[plan.incumbent]
    let order = places.filter { $0 != plan.incumbent && !board.isOut($0) }.map { place in
      let candidate = plan.candidates[place]
      let moved = candidate.differences(from: fallback).count
      return (place: place, gain: effects.predicted(candidate), moved: moved)
    }.sorted {
      if $0.gain != $1.gain { return $0.gain > $1.gain }
      return $0.moved != $1.moved ? $0.moved < $1.moved : $0.place < $1.place
    }
    // Keeps one candidate of each group that differs in inert knobs only: the nearest to the
    // default.
    var groups: [[String: String]: Int] = [:]
    var kept: [(place: Int, gain: Double, moved: Int)] = []
    for entry in order {
      let key = plan.candidates[entry.place].settings.filter { !inert.contains($0.key) }
      if let place = groups[key] {
        if entry.moved < kept[place].moved { kept[place] = entry }
      } else {
        groups[key] = kept.count
        kept.append(entry)
      }
    }
    return kept.map(\.place)
  }
}
