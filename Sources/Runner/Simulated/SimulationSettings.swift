import AssayModel
import Schedules

/// The constants of a simulated world.
struct SimulationSettings: Hashable, Sendable {
  /// Virtual time that each step and each reading of a clock takes, so that loops that wait for a
  /// time come to an end.
  var tick = Nanoseconds.microseconds(1)
  /// Steps after which a run is a livelock; at least 1.
  var stepLimit = 1_000_000
  /// Number of steps after which everybody who can run gets a turn, whatever the chooser wants: it
  /// may starve an actor that all others wait for. Only what a fair order does not end is a
  /// livelock.
  var fairFrom: Int { stepLimit / 2 }
  /// The longest sleep of one `xSleep`: SQLite built without `usleep` sleeps whole seconds.
  var longestSleep = Nanoseconds.milliseconds(100)
  /// Reading of the monotonic and the boot clock at the start; above 0.
  var origin = MonotonicTime(nanoseconds: 1_000_000_000)
  /// Reading of the wall clock at the start: 14 November 2023.
  var wallOrigin = WallTime(milliseconds: 1_700_000_000_000)
  /// Real time without a step after which the process is ended, at the latest after twice as long:
  /// an actor that blocks in the operating system can be neither stopped nor reported.
  var hangLimit = Nanoseconds.seconds(60)
  /// Whether every step is kept; costs memory, so it is for replays and tests.
  var recordsSteps = false
  /// How much is kept of who ran when.
  var recording = ScheduleRecorder.Level.off
}

extension SimulationSettings {
  /// Creates the constants for a load. An operation takes a few hundred steps, and a step in which
  /// actors change places costs a switch of threads: the fewer operations a program has, the sooner
  /// it counts as stuck.
  init(of load: LoadSettings) {
    guard case .operations(let count) = load.extent else { return }
    stepLimit = min(stepLimit, 200_000 + 10_000 * min(count, 100))
  }
}

/// How a run under the baton came to its end.
enum SimulationEnding: Equatable, Sendable {
  /// All actors have ended, those of dead processes too.
  case finished
  /// It was told to stop.
  case stopped
  /// Nobody could run and no time would have changed that: who waited, and for what.
  case deadlock([WaitingActor])
  /// The limit of steps was reached: where everybody was.
  case livelock([WaitingActor])
}

/// An actor that had not ended when its run was given up.
struct WaitingActor: Equatable, Sendable {
  /// What it waited for.
  enum Reason: Equatable, Sendable {
    /// Nothing: it could have run.
    case itsTurn
    /// A time.
    case time(MonotonicTime)
    /// Being woken by another one, at the latest at `deadline`.
    case unpark(deadline: MonotonicTime?)
    /// The end of another actor.
    case end(of: String)
  }

  /// The name that it was started with.
  var name: String
  /// Its simulated process.
  var process: Int
  /// What it waited for.
  var reason: Reason
}

/// One step of a run.
struct SimulatedStep: Hashable, Sendable {
  /// Who took it.
  var actor: Int
  /// What the actor was about to do.
  var kind: StepKind
  /// When.
  var time: MonotonicTime
}

/// What a run under the baton was like.
struct SimulationReport: Equatable, Sendable {
  /// How it ended.
  var ending: SimulationEnding
  /// Points at which another actor could have been chosen.
  var steps: Int
  /// How often the baton went from one actor to another.
  var handOvers: Int
  /// Virtual time that passed.
  var elapsed: Nanoseconds
  /// Tells schedules apart: depends on who took which step, in order.
  var digest: UInt64
  /// All steps, if they were to be kept.
  var trace: [SimulatedStep]
  /// Who ran when, as far as the settings say.
  var schedule = RecordedRun()
}
