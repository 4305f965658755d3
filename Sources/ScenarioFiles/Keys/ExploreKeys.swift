import AssayModel

extension ExploreSettings: SectionDefaults {
  static var defaults: ExploreSettings { ExploreSettings() }

  /// The keys of `explore:`.
  static let keys: [SettingKey<ExploreSettings>] = [
    .optional(
      "crashes", \.crashes, .choice(),
      "What ends a program: the process dies and every completed call survives (process), or the"
        + " power goes and takes what was not synced (power-loss). Without it, nothing does."),
    .optional(
      "sweep", \.sweep, .choice(),
      "Which fault is tried at every operation in turn: each call of the file system layer fails"
        + " (io-errors), or each allocation (memory)."),
    .optional(
      "strategy", \.strategy, .text(atMost: 100, example: "pct-3").drawing(strategies),
      "How schedules are chosen: uniform, sticky, pct-1 to pct-5, stalls, preemptions,"
        + " depth-first-2, portfolio (all of them in turns); without it, a portfolio. With crashes:"
        + " power-loss the schedules are of the recovery by several processes at once."),
    .optional(
      "schedules", \.schedules, .whole(1...1_000_000_000),
      "How many schedules, or with crashes or sweep seeded programs, run; without it, until"
        + " minimum is covered."),
    .optional(
      "budget", \.budget, .positiveDuration,
      "Nothing further is explored after this time; without it, no limit."),
    .value(
      "minimum", \.minimum, .whole(1...1_000_000_000), isRequired: true,
      "Distinct images (with crashes), faults (with sweep) or schedules below which no verdict is"
        + " given."),
    .group("images", imageKeys, "How many images are made of one crash point."),
  ]

  /// One name of each kind of strategy. The full list is in the schedules' module, which this one
  /// may not import.
  private static let strategies = [
    "portfolio", "uniform", "sticky", "pct-1", "pct-3", "pct-5", "stalls", "preemptions",
    "depth-first-2",
  ]

  private static let imageKeys: [SettingKey<ExploreSettings>] = [
    .value(
      "exhaust", \.images.exhaust, .whole(0...16),
      "Up to this many independent pieces, every combination is tried."),
    .value(
      "samples", \.images.samples, .whole(0...1_000_000),
      "Images drawn at random beyond the systematic ones where there are more pieces."),
    .value(
      "recovery", \.images.recovery, .whole(0...1_000_000),
      "Crash points within the recovery of one image at each crash point; 0 tries none."),
  ]
}
