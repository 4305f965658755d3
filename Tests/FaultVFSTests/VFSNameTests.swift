import FaultVFS
import Testing

@Suite("Names of the file systems")
struct VFSNameTests {
  @Test("The two file systems of a process have different names")
  func namesDiffer() {
    #expect(VFSName.real != VFSName.simulated)
  }
}
