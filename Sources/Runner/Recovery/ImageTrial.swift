import AssayModel
import FaultVFS

/// Makes one named image of a program again and judges it: what shrinking and replay do.
struct ImageTrial {
  /// What came of it.
  struct Outcome {
    /// The hash of the image.
    var hash: ImageHash
    /// What was found wrong.
    var judgement: ImageJudge.Judgement
    /// The kinds of files that lost something.
    var files: [FileKind]
    /// What was acknowledged and begun at the crash.
    var acknowledged: Int
    var begun: Int

    /// The violation of a kind's check and code, if it is there with the same files.
    func found(_ kind: ViolationKind) -> String? {
      guard files == kind.files else { return nil }
      return judgement.violations.first { $0.check == kind.check && $0.code == kind.code }?.found
    }
  }

  let program: SimulatedProgram
  let trace: ProgramTrace

  private var settings: DiskSettings { program.cell.disk }

  private var judge: ImageJudge {
    ImageJudge(
      trace: trace,
      judgesAtEnd: program.cell.explore?.crashes == .powerLoss && settings.sync == .barrier)
  }

  /// Makes an image, and after it the image of a second crash, recovers and judges it.
  ///
  /// - Parameter inspect: gets the disk with the last image before it is recovered.
  /// - Returns: `nil` when the image does not belong to the program.
  func run(
    _ image: CrashImage, recovery: CrashImage?,
    inspect: (CrashImageBuilder, ImageChoice) -> Void = { _, _ in }
  ) -> Outcome? {
    let builder = CrashImageBuilder(trace.disk, settings: settings)
    guard let choice = builder.find(image) else { return nil }
    guard let recovery else {
      return judged(builder, choice, at: image.position, inspect)
    }
    guard let second = crashAgain(builder, choice), let last = second.find(recovery) else {
      return nil
    }
    return judged(second, last, at: image.position, inspect)
  }

  /// Recovers an image with a log, for the images of a second crash.
  private func crashAgain(
    _ builder: CrashImageBuilder, _ choice: ImageChoice
  ) -> CrashImageBuilder? {
    SimulatedVFS.shared.disk = builder.disk
    _ = builder.make(choice)
    builder.disk.beginLog()
    var reader = program.reader.fresh
    _ = reader.read(closesNaturally: true)
    builder.disk.endLog()
    builder.reset()
    return CrashImageBuilder(builder.disk, settings: settings)
  }

  private func judged(
    _ builder: CrashImageBuilder, _ choice: ImageChoice, at position: Int,
    _ inspect: (CrashImageBuilder, ImageChoice) -> Void
  ) -> Outcome {
    SimulatedVFS.shared.disk = builder.disk
    let hash = builder.make(choice)
    defer { builder.reset() }
    inspect(builder, choice)
    var reader = program.reader.fresh
    var state = reader.read(closesNaturally: true)
    if case .content = state, reader.readAgain() != state { state = .unstable }
    state = reader.withInvariants(state, program, trace)
    return Outcome(
      hash: hash, judgement: judge.judge(state, at: position),
      files: builder.filesThatLost(choice), acknowledged: judge.acknowledged(at: position),
      begun: judge.begun(at: position))
  }
}
