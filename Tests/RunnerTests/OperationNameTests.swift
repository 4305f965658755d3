import AssayModel
import Testing

@testable import Runner

@Suite("Names of operations in traces")
struct OperationNameTests {
  @Test("A replay calls the user's transactions by their names, and anything else by its kind")
  func names() {
    var sql = SQLLoad()
    sql.transactions = [
      SQLLoad.Transaction(name: "order", statements: ["SELECT 1"]),
      SQLLoad.Transaction(name: "prune", statements: ["SELECT 2"]),
    ]
    var load = LoadSettings(workload: .sql)
    load.sql = sql
    func name(_ kind: OperationKind, _ subject: UInt64) -> String {
      WorkloadOperation(kind, subject: subject, value: 0, extra: 0).name(in: load)
    }
    #expect(name(.sqlTransaction, 1) == "'prune'")
    #expect(name(.sqlTransaction, 2) == "transaction")
    #expect(name(.sqlInvariant, 0) == OperationKind.sqlInvariant.name)
    #expect(name(.transfer, 0) == "transfer")
  }
}
