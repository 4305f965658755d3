/// What breaks things while a schedule runs.
protocol ScheduleInterference: AnyObject {
  /// Told of a step before it takes effect, by the holder of the baton.
  ///
  /// - Parameter process: the simulated process that takes it.
  func stepped(_ kind: StepKind, process: Int)
}
