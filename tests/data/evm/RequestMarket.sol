// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

interface IToken {
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

/// Test-only: the life of requests as far as a monitor sees it. Both generations of names answer by
/// their number (1 = "stake", 2 = "collateral"). The events have the topics and the layout of the real
/// contract; what is in them is given by the test.
contract RequestMarket {
    struct Lock {
        address prover;
        uint64 lockDeadline;
        uint24 deadlineDelta;
        uint8 flags; // 1 paid while locked, 2 paid after, 4 slashed
        uint96 price;
        uint96 collateral;
        bytes32 digest;
    }

    address private immutable token;
    uint8 private immutable names;
    mapping(address => uint256) private credit;
    mapping(uint256 => Lock) private locks;

    event StakeDeposit(address indexed account, uint256 value);
    event CollateralDeposit(address indexed account, uint256 value);
    event ProverSlashed(uint256 indexed requestId, uint256 burned, uint256 transferred, address recipient);

    error RequestIsNotLocked(uint256 requestId);
    error InsufficientBalance(address account);

    constructor(address token_, uint8 names_) {
        token = token_;
        names = names_;
    }

    function _only(uint8 wanted) private view {
        if (names != wanted) {
            assembly { revert(0, 0) }
        }
    }

    function STAKE_TOKEN_CONTRACT() external view returns (address) { _only(1); return token; }
    function COLLATERAL_TOKEN_CONTRACT() external view returns (address) { _only(2); return token; }
    function balanceOfStake(address account) external view returns (uint256) { _only(1); return credit[account]; }
    function balanceOfCollateral(address account) external view returns (uint256) { _only(2); return credit[account]; }

    function depositStake(uint256 value) external { _only(1); _take(value); emit StakeDeposit(msg.sender, value); }
    function depositCollateral(uint256 value) external { _only(2); _take(value); emit CollateralDeposit(msg.sender, value); }

    function _take(uint256 value) private {
        require(IToken(token).transferFrom(msg.sender, address(this), value), "TRANSFER_FROM_FAILED");
        credit[msg.sender] += value;
    }

    function requestLocks(uint256 id) external view returns (Lock memory) { return locks[id]; }
    function requestIsLocked(uint256 id) external view returns (bool) { return locks[id].prover != address(0); }
    function requestIsSlashed(uint256 id) external view returns (bool) { return locks[id].flags & 4 != 0; }

    function requestLockDeadline(uint256 id) external view returns (uint64) {
        if (locks[id].prover == address(0)) revert RequestIsNotLocked(id);
        return locks[id].lockDeadline;
    }

    /// Like lockRequest: the collateral leaves the credit. The topic is RequestLocked's of the generation.
    function testLock(uint256 id, address prover, uint96 collateral, uint64 start, uint32 lockTimeout, uint32 timeout, bytes32 topic) external {
        if (credit[prover] < collateral) revert InsufficientBalance(prover);
        credit[prover] -= collateral;
        locks[id] = Lock(prover, start + lockTimeout, uint24(timeout - lockTimeout), 0, 1, collateral, bytes32(id));
        // prover, offset of the request, offset of the signature; id, 3 offsets, the offer; then empty tails
        bytes memory data = abi.encode(uint256(uint160(prover)), uint256(0x60), uint256(0x1c0), id, uint256(0x160), uint256(0x160), uint256(0x160));
        data = bytes.concat(data, abi.encode(uint256(0), uint256(1), uint256(start), uint256(0), uint256(lockTimeout), uint256(timeout), uint256(collateral), uint256(0)));
        assembly { log2(add(data, 0x20), mload(data), topic, id) }
    }

    /// Like fulfil: in time the collateral comes back, late the fulfiller takes the lock's place.
    function testFulfil(uint256 id, address prover, bytes32 topic) external {
        Lock storage lock = locks[id];
        if (block.timestamp <= lock.lockDeadline) {
            credit[lock.prover] += lock.collateral;
            lock.flags |= 1;
            lock.collateral = 0;
        } else {
            lock.flags |= 2;
            lock.prover = prover;
        }
        assembly {
            mstore(0, id)
            log3(0, 0x20, topic, id, prover)
        }
    }

    function testSlash(uint256 id, address recipient) external {
        Lock storage lock = locks[id];
        lock.flags |= 4;
        uint256 burned = lock.collateral / 2;
        credit[recipient] += lock.collateral - burned;
        emit ProverSlashed(id, burned, lock.collateral - burned, recipient);
    }
}
