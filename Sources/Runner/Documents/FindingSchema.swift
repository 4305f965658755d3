import FaultVFS
import Reports

/// The shape of findings. They hold a sealed cell and descriptions in grammars of their own: what
/// only `assay replay` reads again is left open.
enum FindingSchema {
  static let node = SchemaNode.oneOf([crash, schedule, sweep])

  private static let cell = SchemaNode.object(
    SchemaObject(["digest": .string, "settings": .any]))

  private static let skipped = SchemaNode.array(
    SchemaProbe.node(of: CrashFinding.SkippedOperation.self, keys: .snake))

  private static let crash = SchemaNode.object(
    merged(
      SchemaObject([
        "schema": .integer, "disk_version": .integer, "scenario": .string,
        "kind": SchemaProbe.node(of: ViolationKind.self, keys: .snake), "found": .string,
        "acknowledged": .integer, "begun": .integer, "image": .any, "image_digest": .string,
        "log_digest": .string, "program": .integer, "skipped": skipped,
        "sqlite_source_id": .string, "cell": cell,
      ]), optional: ["recovery": .any]))

  private static let schedule = SchemaNode.object(
    SchemaObject([
      "schema": .integer, "disk_version": .integer, "scenario": .string,
      "found": SchemaProbe.node(of: ScheduleViolation.Found.self, keys: .snake),
      "program": .integer, "skipped": skipped, "schedule": .any, "preemptions": .integer,
      "digest": .string, "index": .integer, "sqlite_source_id": .string, "cell": cell,
    ]))

  private static let sweep = SchemaNode.object(
    merged(
      SchemaObject([
        "schema": .integer, "disk_version": .integer, "scenario": .string, "cell": cell,
        "program": .integer,
        "problems": SchemaProbe.node(of: [SweepProblem].self, keys: .snake),
      ]), optional: ["fault": .any, "library_source": .string]))

  private static func merged(
    _ object: SchemaObject, optional: KeyValuePairs<String, SchemaNode>
  ) -> SchemaObject {
    var object = object
    for (key, node) in optional {
      object.add(optional: key, node)
    }
    return object
  }
}
